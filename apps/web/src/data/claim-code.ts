/** The claim code of the terminal's address, `#c=CODE`: taken out of the address at once, kept for this tab until used. */
import { sessionSlice } from "./session.ts";
import type { store } from "./store.ts";

const KEY = "kaelix.claim-code";

/** What stands under a name in an address fragment (`#name=value`); undefined when nothing does. */
export function fragmentValue(hash: string, name: string): string | undefined {
  const value = new URLSearchParams(hash.replace(/^#/, "")).get(name)?.trim();
  return value === "" ? undefined : value;
}

/** The claim code in an address fragment; undefined when there is none. */
export function claimCodeIn(hash: string): string | undefined {
  return fragmentValue(hash, "c");
}

/** Moves the code from the address, or from this tab's memory, to the store. */
export function readClaimCode(target: typeof store): void {
  const code = claimCodeIn(location.hash);
  if (code !== undefined) {
    sessionStorage.setItem(KEY, code);
    history.replaceState(history.state, "", location.pathname + location.search);
  }
  const known = code ?? sessionStorage.getItem(KEY);
  if (known !== null) target.dispatch(sessionSlice.actions.claimCodeFound(known));
}

/** Forgets the code; it works once. */
export function forgetClaimCode(): void {
  sessionStorage.removeItem(KEY);
}
