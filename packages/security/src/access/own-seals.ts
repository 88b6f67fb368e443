/**
 * The key that a person's browser seals level 4 with, kept for them as they wrapped it: under a passphrase, under a recovery key, and under
 * secrets that their passkeys make.
 *
 * Guarantees: neither the key nor what it is wrapped under ever comes here; what is kept is sealed once more under the user's key and
 * answered to its owner alone, in a session that is open to level 4; a change names the state it was made from, so that two devices cannot
 * overwrite each other; another key takes the place of the first only when that is asked for in so many words; what is wrapped under a
 * passkey is kept for a passkey of this person alone, answered while there is one, and gone from the state with it.
 * It does not: check that a wrap opens (nobody here could).
 */
import type { Clock } from "@kaelix/base";
import { type AccessSeal, EVENT_VERSION, type UserPrincipal } from "@kaelix/model";

import { securityErrors } from "../errors.ts";
import type { Keystore } from "../keys/keystore.ts";
import type { AccessRegister } from "./access-register.ts";
import type { SealRow } from "./rows.ts";
import { wayHash } from "./ways.ts";

/** The key under the secret that a passkey makes of a salt. Bytes are base64url. */
export interface PasskeyWrap {
  /** Id of the credential. */
  readonly credential: string;
  /** The site that it opens: the id of a relying party. */
  readonly site: string;
  readonly salt: string;
  readonly wrapped: string;
}

/** The key, wrapped twice, and once more for each passkey that opens it. Bytes are base64url. */
export interface SealWraps {
  readonly passphrase: {
    readonly kdf: "pbkdf2-sha512";
    readonly rounds: number;
    readonly salt: string;
    readonly wrapped: string;
  };
  readonly recovery: { readonly wrapped: string };
  /** Absent: none. */
  readonly passkeys?: readonly PasskeyWrap[] | undefined;
}

/** What a person has. `wraps` is null while the session is not open to level 4. */
export interface SealView {
  /** 0: nothing was set up. */
  readonly revision: number;
  readonly keyId: string | null;
  readonly wraps: SealWraps | null;
}

/** A new state of a person's key. */
export interface SealChange {
  /** The state it was made from; 0: there was none. */
  readonly revision: number;
  readonly keyId: string;
  readonly wraps: SealWraps;
  /** True when another key shall stand there: what was sealed with the first can then only be opened with what its owner kept of it. */
  readonly isAnew: boolean;
}

interface SealTools {
  readonly register: AccessRegister;
  readonly keystore: Keystore;
  readonly clock: Clock;
}

/** The keys that all people's browsers seal with. */
export class OwnSeals {
  readonly #tools: SealTools;

  constructor(tools: SealTools) {
    this.#tools = tools;
  }

  /** What a person has set up. */
  async read(person: UserPrincipal): Promise<SealView> {
    const row = this.#row(person);
    if (row === undefined) return { revision: 0, keyId: null, wraps: null };
    const wraps = person.ceiling < 4 ? null : this.#standing(person, await this.#open(person, row.sealed));
    return { revision: row.revision, keyId: row.keyId, wraps };
  }

  /** True when a person has set it up. */
  has(person: UserPrincipal): boolean {
    return this.#row(person) !== undefined;
  }

  /** Keeps a new state. @throws `access-busy` when it was made from an older one, `seal-key-differs`, `passkey-missing` */
  async change(person: UserPrincipal, change: SealChange): Promise<SealView> {
    const { passkeys = [] } = change.wraps;
    if (passkeys.some((wrap) => !this.#isTheirs(person, wrap))) throw securityErrors("passkey-missing");
    const before = this.#row(person);
    if ((before?.revision ?? 0) !== change.revision) throw securityErrors("access-busy");
    if (before !== undefined && before.keyId !== change.keyId && !change.isAnew)
      throw securityErrors("seal-key-differs");
    await this.#put(person, change);
    return this.read(person);
  }

  /** Takes what is wrapped under a passkey out of the state, before that passkey ends. @throws `access-busy` */
  async drop(person: Person, way: string): Promise<void> {
    const row = this.#row(person);
    if (row === undefined) return;
    const { passkeys = [], ...wraps } = await this.#open(person, row.sealed);
    const rest = passkeys.filter(({ credential }) => wayHash("passkey", credential) !== way);
    if (rest.length === passkeys.length) return;
    const left = rest.length === 0 ? wraps : { ...wraps, passkeys: rest };
    await this.#put(person, { revision: row.revision, keyId: row.keyId, wraps: left });
  }

  async #put(person: Person, change: Omit<SealChange, "isAnew">): Promise<void> {
    const { register, keystore, clock } = this.#tools;
    const sealed = await keystore.sealForUser(placeOf(person), Buffer.from(JSON.stringify(change.wraps)));
    const event: AccessSeal = {
      v: EVENT_VERSION,
      type: "access.seal",
      at: clock.nowMs(),
      tenant: person.tenantId,
      user: person.userId,
      revision: change.revision + 1,
      key_id: change.keyId,
      sealed: sealed.toString("base64url"),
    };
    if ((await register.put(event)) === "late") throw securityErrors("access-busy");
  }

  /** Without what is wrapped under passkeys that have ended. */
  #standing(person: Person, { passkeys, ...wraps }: SealWraps): SealWraps {
    const standing = passkeys?.filter((wrap) => this.#isTheirs(person, wrap)) ?? [];
    return standing.length === 0 ? wraps : { ...wraps, passkeys: standing };
  }

  #isTheirs({ tenantId, userId }: Person, { credential }: PasskeyWrap): boolean {
    const way = wayHash("passkey", credential);
    const rows = this.#tools.register.waysOf(userId);
    return rows.some((row) => row.kind === "passkey" && row.tenant === tenantId && row.way === way);
  }

  #row(person: Person): SealRow | undefined {
    const row = this.#tools.register.seal(person.userId);
    return row?.tenant === person.tenantId ? row : undefined;
  }

  async #open(person: Person, sealed: string): Promise<SealWraps> {
    const opened = await this.#tools.keystore.openForUser(placeOf(person), Buffer.from(sealed, "base64url"));
    if (opened.type !== "opened") {
      throw securityErrors("key-damaged", { message: "Cannot read the key that seals level 4: its record is damaged" });
    }
    // It was parsed before it was sealed, and the seal held.
    return JSON.parse(opened.bytes.toString("utf8")) as SealWraps;
  }
}

/** Whose key. */
type Person = Pick<UserPrincipal, "tenantId" | "userId">;

function placeOf(person: Person): {
  readonly user: UserPrincipal["userId"];
  readonly purpose: "factor";
  readonly subject: string;
} {
  return { user: person.userId, purpose: "factor", subject: "seal" };
}
