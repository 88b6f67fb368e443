/** Having this browser told when the day is ready. */
import { clientName } from "@kaelix/contract/client-name";

/** What the server must know of a browser. */
export interface PushDevice {
  readonly endpoint: string;
  readonly p256dh: string;
  readonly auth: string;
  readonly name: string;
}

/** A device, or why there is none, as a sentence that says what to do. */
export type PushOutcome =
  | { readonly type: "ready"; readonly device: PushDevice }
  | { readonly type: "refused"; readonly why: string };

/** What a browser says of itself. */
export interface PushFacts {
  /** Over HTTPS or on this machine. */
  readonly isSecure: boolean;
  readonly isKnown: boolean;
  /** An iPhone's or iPad's browser tab: only what stands on the home screen is told there. */
  readonly isTabOfPhone: boolean;
  readonly isBlocked: boolean;
  /** It has an address at its push service. */
  readonly isSubscribed: boolean;
}

/** Whether this browser is told, could be, or why it cannot. */
export type PushState = "insecure" | "tab" | "unknown" | "blocked" | "off" | "on";

/** The state of this browser. `isListed`: the server has it among those that are told. */
export function pushState(facts: PushFacts, isListed: boolean): PushState {
  if (!facts.isSecure) return "insecure";
  if (!facts.isKnown) return facts.isTabOfPhone ? "tab" : "unknown";
  if (facts.isBlocked) return "blocked";
  return isListed && facts.isSubscribed ? "on" : "off";
}

/** What each state means and what to do, for all in which there is no button. */
export const PUSH_WORDS: Readonly<Record<Exclude<PushState, "off">, string>> = {
  insecure: "Not here: this page came over plain HTTP. Open Kaelix over HTTPS, or on the machine it runs on.",
  tab: "Not in a tab: on an iPhone or iPad put Kaelix on the home screen first (Share, then Add to Home Screen) and open it from there.",
  unknown: "This browser knows no push messages. Try another one, or have your day by mail.",
  blocked:
    "This browser was told to show no notices of this page. Allow them among the permissions of this site, beside its address; this page notices it by itself.",
  on: "This browser is told.",
};

/** Looks at the browser. */
export async function pushFacts(): Promise<PushFacts> {
  const isKnown = "serviceWorker" in navigator && "PushManager" in globalThis && "Notification" in globalThis;
  const registration = isKnown ? await navigator.serviceWorker.getRegistration().catch(() => undefined) : undefined;
  const subscription = await registration?.pushManager.getSubscription().catch(() => null);
  return {
    isSecure: globalThis.isSecureContext,
    isKnown,
    isTabOfPhone: "standalone" in navigator && navigator.standalone !== true,
    isBlocked: isKnown && Notification.permission === "denied",
    isSubscribed: (subscription ?? null) !== null,
  };
}

/** Asks the browser for leave and for an address. `key`: the server's public key. */
export async function subscribe(key: string): Promise<PushOutcome> {
  const leave = await Notification.requestPermission();
  if (leave === "denied") return { type: "refused", why: PUSH_WORDS.blocked };
  if (leave !== "granted")
    return { type: "refused", why: "The browser asked and got no answer: press again and allow notices." };
  try {
    await navigator.serviceWorker.register("/push-worker.js");
    const { pushManager } = await navigator.serviceWorker.ready;
    const subscription = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
    const { endpoint, keys } = subscription.toJSON();
    const [auth, p256dh] = [keys?.["auth"], keys?.["p256dh"]];
    if (endpoint === undefined || auth === undefined || p256dh === undefined)
      return { type: "refused", why: "This browser gave no address. Try another one, or have your day by mail." };
    return { type: "ready", device: { endpoint, auth, p256dh, name: clientName(navigator.userAgent) } };
  } catch {
    return {
      type: "refused",
      why: "The browser's push service could not be reached: private windows and some networks keep it away. Try again elsewhere.",
    };
  }
}

/** Takes the browser's address away from its push service. */
export async function unsubscribe(): Promise<void> {
  const registration = await navigator.serviceWorker.getRegistration();
  await (await registration?.pushManager.getSubscription())?.unsubscribe();
}
