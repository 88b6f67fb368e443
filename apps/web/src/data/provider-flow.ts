/**
 * Going to a provider and coming back: the handle stays in this tab while the browser is away. It opens nothing without what the provider
 * sends along, and is good once, for ten minutes.
 */
const KEY = "kaelix-provider-flow";

interface Flow {
  readonly provider: string;
  readonly flow: string;
  readonly purpose: "sign-in" | "link";
}

/** Leaves for the provider. */
export function leaveFor(url: string, flow: Flow): void {
  sessionStorage.setItem(KEY, JSON.stringify(flow));
  location.assign(url);
}

/** What this tab had begun; taken out with that. */
export function takeFlow(): Flow | null {
  const text = sessionStorage.getItem(KEY);
  sessionStorage.removeItem(KEY);
  if (text === null) return null;
  const found: unknown = JSON.parse(text);
  if (typeof found !== "object" || found === null) return null;
  const { provider, flow, purpose } = { provider: "", flow: "", purpose: "", ...found };
  return typeof provider === "string" && typeof flow === "string" && (purpose === "sign-in" || purpose === "link")
    ? { provider, flow, purpose }
    : null;
}
