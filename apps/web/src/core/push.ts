/** Having this browser told when the day is ready. */

/** What the server must know of a browser. */
export interface PushDevice {
  readonly endpoint: string;
  readonly p256dh: string;
  readonly auth: string;
  readonly name: string;
}

/** A device, or why there is none. */
export type PushOutcome =
  | { readonly type: "ready"; readonly device: PushDevice }
  | { readonly type: "refused"; readonly why: string };

/** True where a browser can be told: over HTTPS or on this machine. */
export function canPush(): boolean {
  return "serviceWorker" in navigator && "PushManager" in globalThis && "Notification" in globalThis;
}

/** Asks the browser for leave and for an address. `key`: the server's public key. */
export async function subscribe(key: string): Promise<PushOutcome> {
  if ((await Notification.requestPermission()) !== "granted")
    return { type: "refused", why: "This browser was told not to show notices of this page." };
  try {
    await navigator.serviceWorker.register("/push-worker.js");
    const { pushManager } = await navigator.serviceWorker.ready;
    const subscription = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
    const { endpoint, keys } = subscription.toJSON();
    const [auth, p256dh] = [keys?.["auth"], keys?.["p256dh"]];
    if (endpoint === undefined || auth === undefined || p256dh === undefined)
      return { type: "refused", why: "This browser gave no address." };
    return { type: "ready", device: { endpoint, auth, p256dh, name: nameOf(navigator.userAgent) } };
  } catch {
    return { type: "refused", why: "The browser's push service could not be reached." };
  }
}

/** What a browser is called: `Firefox on Linux`. */
export function nameOf(agent: string): string {
  const browser = ["Edg", "Firefox", "Chrome", "Safari"].find((word) => agent.includes(`${word}/`)) ?? "Browser";
  const system = ["Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux"].find((word) => agent.includes(word));
  return `${browser === "Edg" ? "Edge" : browser}${system === undefined ? "" : ` on ${system}`}`;
}
