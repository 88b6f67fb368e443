/**
 * Coming in by passkey, and a person's passkeys in their settings. A passkey is possession and presence at once, so it stands where a
 * password and a code would. Guarantees: a passkey is added and removed only by a session that has just proved itself; whoever is
 * suspended does not come in; the password stays, so the last way in can not be taken away here.
 */
import type { UserId, UserPrincipal } from "@kaelix/model";

import type {
  PasskeyAnswer,
  PasskeyCreation,
  PasskeyCreationOptions,
  PasskeyRequestOptions,
} from "../access/passkey-ceremony.ts";
import type { PasskeyInfo, Passkeys, Site } from "../access/passkeys.ts";
import { wayHash } from "../access/ways.ts";
import { securityErrors } from "../errors.ts";
import { type GuessGate, undefinedOn } from "./guess-gate.ts";
import type { SignedIn, UserProfile } from "./identity-types.ts";
import { parsePhone } from "./parse.ts";
import type { UserRow } from "./rows.ts";

interface DoorParts {
  readonly passkeys: Passkeys;
  readonly guesses: GuessGate;
  readonly user: (id: UserId) => Promise<UserRow | undefined>;
  readonly profile: (id: UserId) => Promise<UserProfile>;
  readonly isSuspended: (person: Pick<UserRow, "user" | "tenant">) => boolean;
  /** Begins a session. */
  readonly enter: (user: UserRow, client: string) => Promise<SignedIn>;
  /** Throws `identity-proof-required` unless the session has just proved itself. */
  readonly requireProof: (principal: UserPrincipal) => void;
}

/** Somebody wants to sign in by a passkey. */
export interface PasskeySignIn {
  readonly answer: PasskeyAnswer;
  readonly site: Site;
  /** As typed, when a phone number was typed before: another person's passkey is refused. */
  readonly phone?: string;
  readonly client?: string;
  readonly address?: string;
}

/** The door that passkeys open. */
export class PasskeyDoor {
  readonly #parts: DoorParts;

  constructor(parts: DoorParts) {
    this.#parts = parts;
  }

  /** How many passkeys a person has. */
  count(principal: UserPrincipal): number {
    return this.#parts.passkeys.count(principal);
  }

  /** A person's passkeys, oldest first. */
  list(principal: UserPrincipal): Promise<readonly PasskeyInfo[]> {
    return this.#parts.passkeys.list(principal);
  }

  /** What a browser needs to make one. Throws `identity-proof-required`, `passkey-too-many`. */
  async begin(principal: UserPrincipal, site: Site): Promise<PasskeyCreationOptions> {
    this.#parts.requireProof(principal);
    return this.#parts.passkeys.begin(principal, site, await this.#parts.profile(principal.userId));
  }

  /**
   * Keeps the passkey that a browser made.
   * @throws `identity-proof-required`, `identity-name-invalid`, `passkey-refused`, `passkey-present`, `passkey-too-many`
   */
  async add(
    principal: UserPrincipal,
    site: Site,
    made: { readonly name: string; readonly creation: PasskeyCreation },
  ): Promise<PasskeyInfo> {
    this.#parts.requireProof(principal);
    return this.#parts.passkeys.add(principal, site, made);
  }

  /** Takes a passkey away; it opens nothing from then on. Throws `identity-proof-required`, `passkey-missing`. */
  async remove(principal: UserPrincipal, way: string): Promise<void> {
    this.#parts.requireProof(principal);
    await this.#parts.passkeys.remove(principal, way);
  }

  /** What a browser needs to sign somebody in; says nothing of who has a passkey. */
  signInOptions(site: Site): PasskeyRequestOptions {
    return this.#parts.passkeys.signInOptions(site);
  }

  /** What a browser needs to prove who is at a session. */
  proofOptions(principal: UserPrincipal, site: Site): Promise<PasskeyRequestOptions> {
    return this.#parts.passkeys.proofOptions(principal, site);
  }

  /**
   * Signs in whoever's passkey signed.
   * @throws `passkey-refused`, `passkey-copied`, `identity-suspended`, `identity-throttled`
   */
  async signIn({ answer, site, phone, client = "", address }: PasskeySignIn): Promise<SignedIn> {
    const user = await this.#tried(`passkey/${wayHash("passkey", answer.id)}`, address, async () => {
      const row = await this.#parts.passkeys.use(answer, site);
      return this.#parts.user(row.user);
    });
    if (phone !== undefined && parsePhone(phone) !== (await this.#parts.profile(user.user)).phone) {
      throw securityErrors("passkey-refused");
    }
    if (this.#parts.isSuspended(user)) throw securityErrors("identity-suspended");
    return this.#parts.enter(user, client);
  }

  /**
   * Proves by a passkey that it is the person of a session.
   * @returns when that passkey was made, epoch ms
   * @throws `passkey-refused`, `passkey-copied`, `identity-throttled`
   */
  async prove(
    principal: UserPrincipal,
    { answer, site }: { readonly answer: PasskeyAnswer; readonly site: Site },
    address: string | undefined,
  ): Promise<number> {
    const row = await this.#tried(`code/${principal.userId}`, address, async () =>
      this.#parts.passkeys.use(answer, site, principal),
    );
    return row.createdAtMs;
  }

  /** A refused passkey counts as a wrong guess of its name and its address. */
  async #tried<Result>(
    name: string,
    address: string | undefined,
    check: () => Promise<Result | undefined>,
  ): Promise<Result> {
    const done = await this.#parts.guesses.attempt(name, address, () => check().catch(undefinedOn("passkey-refused")));
    if (done === undefined) throw securityErrors("passkey-refused");
    return done;
  }
}
