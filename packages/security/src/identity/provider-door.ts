/**
 * Coming in by an account elsewhere: sign-in through providers, and which accounts a person has linked.
 *
 * Guarantees: an account is its issuer and subject, never an address or a name; it opens for the one person who linked it, in a session that
 * had just proved itself and that both began and ended the linking; what was begun is good once, for ten minutes, for that provider and
 * purpose, and for the browser that holds its handle; whoever has a second factor gives it too; nothing of levels 3 and 4 opens by it.
 * It does not: sign up (an account here is a phone number), or prove who is at a session. What was begun is in memory: a restart voids it.
 */
import { createHash } from "node:crypto";

import { type Clock, isKaelixError, KeyedLock, type RandomSource } from "@kaelix/base";
import type { SessionId, UserId, UserPrincipal } from "@kaelix/model";

import type { WayRow } from "../access/rows.ts";
import { wayHash, type Ways } from "../access/ways.ts";
import { securityErrors } from "../errors.ts";
import type { ProviderChecks, ProviderClient, ProviderIdentity } from "../providers/provider-client.ts";
import { Caps } from "./caps.ts";
import type { GuessGate } from "./guess-gate.ts";
import type { SignedIn } from "./identity-types.ts";
import type { UserRow } from "./rows.ts";
import { addressName } from "./throttle.ts";

interface DoorParts {
  readonly clients: readonly ProviderClient[];
  readonly ways: Ways;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly guesses: GuessGate;
  readonly user: (id: UserId) => Promise<UserRow | undefined>;
  readonly isSuspended: (person: Pick<UserRow, "user" | "tenant">) => boolean;
  /** Begins a session. */
  readonly enter: (user: UserRow, client: string) => Promise<SignedIn>;
  /** Throws `identity-proof-required` unless the session has just proved itself. */
  readonly requireProof: (principal: UserPrincipal) => void;
  /** Uses up a code when the person has a second factor. Throws `identity-code-required`, `identity-code-wrong`. */
  readonly secondFactor: (user: UserRow, code: string | undefined, address: string | undefined) => Promise<void>;
  /** Told why a provider's answer did not count. */
  readonly onProblem?: (problem: ProviderProblem) => void;
}

/** Where a browser goes, and the handle by which it shows afterwards that it is the one that went. */
export interface ProviderBegun {
  readonly url: string;
  readonly flow: string;
  /** Epoch ms. */
  readonly untilMs: number;
}

/** What a browser came back with. */
export interface ProviderReturn {
  readonly provider: string;
  readonly flow: string;
  /** The query of the address it came back to, as it was; absent once it was taken and a code of the second factor was asked for. */
  readonly query?: string;
}

/** An account elsewhere that somebody linked. Times are epoch ms. */
export interface LinkedAccount {
  readonly way: string;
  /** Undefined when that provider is set up no more. */
  readonly provider: string | undefined;
  readonly name: string;
  /** What the provider showed of it when it was linked. */
  readonly label: string | null;
  readonly createdAtMs: number;
  readonly usedAtMs: number | null;
}

/** Why an answer did not count, for whoever runs the server: a word of the library, nothing of the account. */
export interface ProviderProblem {
  readonly provider: string;
  readonly why: string;
}

/** Something begun. */
interface Flow {
  readonly provider: string;
  /** Undefined: to sign in. */
  readonly linking: { readonly user: UserId; readonly session: SessionId } | undefined;
  readonly checks: ProviderChecks;
  readonly untilMs: number;
  /** The account that was shown, while the second factor is waited for. */
  shown?: string;
}

const FLOW_MS = 10 * 60_000;
const FLOWS_MAX = 20_000;
const LINKS_MAX = 20;
const BEGUN_PER_PLACE_AND_HOUR = 100;

/** The door that accounts elsewhere open. */
export class ProviderDoor {
  readonly #parts: DoorParts;
  readonly #clients: ReadonlyMap<string, ProviderClient>;
  readonly #flows = new Map<string, Flow>();
  readonly #fromPlace = new Caps(BEGUN_PER_PLACE_AND_HOUR);
  readonly #lock = new KeyedLock();

  constructor(parts: DoorParts) {
    this.#parts = parts;
    this.#clients = new Map(parts.clients.map((client) => [client.id, client]));
  }

  /**
   * Begins a sign-in.
   * @param redirectUri the exact address of our page that the browser comes back to
   * @throws `provider-missing`, `provider-too-many`, `provider-down`
   */
  async begin(provider: string, redirectUri: string, address: string | undefined): Promise<ProviderBegun> {
    const { clock } = this.#parts;
    if (address !== undefined && !this.#fromPlace.take(addressName(address), clock.monotonicMs())) {
      throw securityErrors("provider-too-many");
    }
    return this.#begin(provider, redirectUri, undefined);
  }

  /**
   * Begins to link an account to the person of a session.
   * @throws `identity-proof-required`, `provider-missing`, `provider-too-many`, `provider-down`
   */
  async beginLink(principal: UserPrincipal, provider: string, redirectUri: string): Promise<ProviderBegun> {
    this.#parts.requireProof(principal);
    return this.#begin(provider, redirectUri, { user: principal.userId, session: principal.sessionId });
  }

  /**
   * Signs in whoever linked the account that the provider vouches for.
   * @throws `provider-refused` whatever of handle, state, code or token is wrong, `provider-down`, `provider-unlinked`,
   *   `identity-code-required` (then the same handle is good with a code), `identity-code-wrong`, `identity-suspended`, `identity-throttled`
   */
  async signIn(
    given: ProviderReturn & { readonly code?: string; readonly client?: string; readonly address?: string },
  ): Promise<SignedIn> {
    const { address, client = "", code } = given;
    return this.#lock.run(keyOf(given.flow), async () => {
      const flow = this.#find(given, undefined);
      const way = flow.shown ?? (await this.#shown(flow, given, address)).way;
      const row = this.#parts.ways.find("provider", way);
      const user = row === undefined ? undefined : await this.#parts.user(row.user);
      if (row === undefined || user === undefined) throw securityErrors("provider-unlinked");
      await this.#parts.secondFactor(user, code, address).catch((error: unknown) => {
        const isCode = isKaelixError(error, "identity-code-required") || isKaelixError(error, "identity-code-wrong");
        if (isCode) this.#flows.set(keyOf(given.flow), { ...flow, shown: way });
        throw error;
      });
      this.#flows.delete(keyOf(given.flow));
      if (this.#parts.isSuspended(user)) throw securityErrors("identity-suspended");
      await this.#parts.ways.used(row);
      return this.#parts.enter(user, client);
    });
  }

  /**
   * Links the account that the provider vouches for.
   * @throws `identity-proof-required`, `provider-refused`, `provider-down`, `provider-present`, `provider-taken`, `provider-too-many-links`
   */
  async link(principal: UserPrincipal, given: ProviderReturn, address: string | undefined): Promise<LinkedAccount> {
    const { requireProof, ways } = this.#parts;
    requireProof(principal);
    return this.#lock.run(principal.userId, async () => {
      const flow = this.#find(given, principal);
      const { identity, way } = await this.#shown(flow, given, address);
      const before = ways.find("provider", way);
      if (before !== undefined) {
        throw securityErrors(before.user === principal.userId ? "provider-present" : "provider-taken");
      }
      if (ways.of(principal, "provider").length >= LINKS_MAX) throw securityErrors("provider-too-many-links");
      const details = { provider: flow.provider, issuer: identity.issuer, label: identity.label };
      const added = await ways.add(principal, { kind: "provider", way, counter: 0, details });
      if (added === "taken") throw securityErrors("provider-taken");
      return this.#describe(added);
    });
  }

  /** Accounts that a person linked, oldest first. */
  async list(principal: UserPrincipal): Promise<readonly LinkedAccount[]> {
    return Promise.all(this.#parts.ways.of(principal, "provider").map((row) => this.#describe(row)));
  }

  /** Ends a link; the account opens nothing from then on. Throws `identity-proof-required`, `provider-link-missing`. */
  async remove(principal: UserPrincipal, way: string): Promise<void> {
    this.#parts.requireProof(principal);
    const row = this.#parts.ways.of(principal, "provider").find((one) => one.way === way);
    if (row === undefined) throw securityErrors("provider-link-missing");
    await this.#parts.ways.end(row);
  }

  async #begin(provider: string, redirectUri: string, linking: Flow["linking"]): Promise<ProviderBegun> {
    const { clock } = this.#parts;
    const client = this.#client(provider);
    const checks = { redirectUri, state: this.#chance(), nonce: this.#chance(), verifier: this.#chance() };
    const url = await client.begin(checks);
    const nowMs = clock.monotonicMs();
    // Oldest first: those that are too old stand at the head.
    for (const [old, { untilMs }] of this.#flows) {
      if (untilMs > nowMs) break;
      this.#flows.delete(old);
    }
    if (this.#flows.size >= FLOWS_MAX) throw securityErrors("provider-too-many");
    const flow = this.#chance();
    this.#flows.set(keyOf(flow), { provider, linking, checks, untilMs: nowMs + FLOW_MS });
    return { url, flow, untilMs: clock.nowMs() + FLOW_MS };
  }

  /** What was begun for this provider and this purpose; throws `provider-refused` for anything else, and leaves that as it is. */
  #find({ provider, flow: handle }: ProviderReturn, principal: UserPrincipal | undefined): Flow {
    const flow = this.#flows.get(keyOf(handle));
    const { user, session } = flow?.linking ?? {};
    const fits =
      flow !== undefined &&
      flow.untilMs > this.#parts.clock.monotonicMs() &&
      flow.provider === provider &&
      user === principal?.userId &&
      session === principal?.sessionId;
    if (!fits) throw securityErrors("provider-refused");
    return flow;
  }

  /** Asks the provider about what came back. What was begun is over with that, whatever comes of it. */
  async #shown(
    flow: Flow,
    { flow: handle, query }: ProviderReturn,
    address: string | undefined,
  ): Promise<{ readonly way: string; readonly identity: ProviderIdentity }> {
    if (query === undefined) throw securityErrors("provider-refused");
    this.#flows.delete(keyOf(handle));
    const identity = await this.#parts.guesses.attempt(`provider/${keyOf(handle)}`, address, async () =>
      this.#client(flow.provider)
        .finish(flow.checks, query)
        .catch((error: unknown) => {
          this.#parts.onProblem?.({ provider: flow.provider, why: whyOf(error) });
          if (isKaelixError(error, "provider-refused")) return undefined;
          throw error;
        }),
    );
    if (identity === undefined) throw securityErrors("provider-refused");
    return { identity, way: wayHash("provider", identity.issuer, identity.subject) };
  }

  #client(provider: string): ProviderClient {
    const client = this.#clients.get(provider);
    if (client === undefined) throw securityErrors("provider-missing");
    return client;
  }

  async #describe(row: WayRow): Promise<LinkedAccount> {
    const details = await this.#parts.ways.details(row);
    const provider = String(details.get("provider"));
    const label = details.get("label");
    const client = this.#clients.get(provider);
    return {
      way: row.way,
      provider: client?.id,
      name: client?.name ?? provider,
      label: typeof label === "string" ? label : null,
      createdAtMs: row.createdAtMs,
      usedAtMs: row.usedAtMs,
    };
  }

  /** 256 bits by chance, base64url: 43 letters, as many as PKCE wants at least. */
  #chance(): string {
    return Buffer.from(this.#parts.random.bytes(32)).toString("base64url");
  }
}

/** The library's own messages and details quote the account. */
function whyOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return "unknown";
  return "code" in cause && typeof cause.code === "string" ? cause.code : cause.name;
}

function keyOf(handle: string): string {
  return createHash("sha256").update(handle).digest("base64url");
}
