/** What the gateway needs of erasing. */
import type { ApiKeyId, ErasureId, ErasureScope, ErasureState, MemoryId, UserPrincipal } from "@kaelix/model";

/** An erasure, and what shows that it is done. */
export interface ErasureView extends ErasureState {
  /** A signed note; null before it is done. */
  readonly receipt: string | null;
  /** What it is checked with: 32 bytes, base64url. */
  readonly publicKey: string;
}

/** What is asked for. */
export interface ErasureRequest {
  readonly what: ErasureScope;
  readonly memories?: readonly MemoryId[];
  /** Instead of `memories`: those that one's own program told since a time, epoch ms. */
  readonly toldBy?: { readonly key: ApiKeyId; readonly sinceMs: number };
  /** The phone number of the account that goes, as typed. */
  readonly confirm?: string;
  readonly now: boolean;
}

/** Erasing one's own. Nothing above the principal's ceiling is touched or counted, but for a whole account. */
export interface ErasureApplication {
  /** Undefined for a key of anybody else. @throws `erasure-nothing`, `account-last-owner`, `erasure-unconfirmed` */
  request(principal: UserPrincipal, request: ErasureRequest): Promise<ErasureView | undefined>;
  list(principal: UserPrincipal): Promise<readonly ErasureView[]>;
  read(principal: UserPrincipal, id: ErasureId): Promise<ErasureView | undefined>;
  /** @throws `erasure-over` */
  undo(principal: UserPrincipal, id: ErasureId): Promise<ErasureView | undefined>;
}
