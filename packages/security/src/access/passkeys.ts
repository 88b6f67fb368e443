/**
 * Passkeys (WebAuthn level 3): a device that knows its owner signs a challenge, and nothing that could be typed elsewhere is sent.
 *
 * Guarantees: a challenge is good once, for five minutes, for the purpose, the session and the address it was made for; the device must
 * have looked whether it is its owner (user verification); a passkey opens the address (rpId) it was made at and no other; a credential
 * belongs to one person; a counter that does not go up refuses the sign-in and is told to `onCopied` (WebAuthn §7.2 step 22 leaves the
 * choice), but only after the signature held. Names and public keys are sealed under the person's key.
 * It does not: ask what make a device is (no attestation), or know whether a passkey is copied between devices that keep no counter.
 */
import { KeyedLock } from "@kaelix/base";
import type { UserPrincipal } from "@kaelix/model";

import { securityErrors } from "../errors.ts";
import { parseName } from "../identity/parse.ts";
import type { Challenges } from "./challenges.ts";
import { CHALLENGE_MS } from "./challenges.ts";
import {
  clientChallenge,
  CREATION_ALGORITHMS,
  type PasskeyAnswer,
  type PasskeyCreation,
  type PasskeyCreationOptions,
  type PasskeyRequestOptions,
  verifyAnswer,
  verifyCreation,
} from "./passkey-ceremony.ts";
import type { WayRow } from "./rows.ts";
import { wayHash, type WayOwner, type Ways } from "./ways.ts";

/** The address that a page was reached by, as WebAuthn knows it. */
export interface Site {
  /** The name in the address: `kaelix.example`. */
  readonly rpId: string;
  /** `https://kaelix.example:8443`. */
  readonly origin: string;
}

/** A passkey in its owner's list. Times are epoch ms. */
export interface PasskeyInfo {
  readonly way: string;
  readonly name: string;
  /** The address it opens. */
  readonly rpId: string;
  /** True when its maker keeps it on several devices. */
  readonly isSynced: boolean;
  readonly createdAtMs: number;
  readonly usedAtMs: number | null;
}

interface PasskeyTools {
  readonly ways: Ways;
  readonly challenges: Challenges;
  /** Told when a passkey's counter went back: there may be a copy. */
  readonly onCopied: (row: WayRow) => void;
  /** Takes away what else rests on a passkey, before it ends. */
  readonly onRemoving: (person: WayOwner, way: string) => Promise<void>;
}

const PASSKEYS_MAX = 20;

/** The passkeys of all people. */
export class Passkeys {
  readonly #tools: PasskeyTools;
  readonly #lock = new KeyedLock();

  constructor(tools: PasskeyTools) {
    this.#tools = tools;
  }

  /** How many a person has. */
  count(person: WayOwner): number {
    return this.#tools.ways.of(person, "passkey").length;
  }

  /** A person's passkeys, oldest first. */
  async list(person: WayOwner): Promise<readonly PasskeyInfo[]> {
    return Promise.all(this.#tools.ways.of(person, "passkey").map(async (row) => this.#info(row)));
  }

  /** What a browser needs to make one. Throws `passkey-too-many`. */
  async begin(
    person: UserPrincipal,
    site: Site,
    { phone, name }: { readonly phone: string; readonly name: string },
  ): Promise<PasskeyCreationOptions> {
    const rows = this.#tools.ways.of(person, "passkey");
    if (rows.length >= PASSKEYS_MAX) throw securityErrors("passkey-too-many");
    const challenge = this.#tools.challenges.make(purposeOf("add", site, person));
    return {
      rp: { id: site.rpId, name: "Kaelix" },
      // The account's name is shown on the device, its id goes back with every sign-in and says nothing.
      user: { id: Buffer.from(person.userId).toString("base64url"), name: phone, displayName: name },
      challenge: Buffer.from(challenge).toString("base64url"),
      pubKeyCredParams: CREATION_ALGORITHMS.map((alg) => ({ type: "public-key", alg })),
      timeout: CHALLENGE_MS,
      attestation: "none",
      excludeCredentials: await this.#descriptors(rows, site),
      authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
    };
  }

  /**
   * Keeps the passkey that a browser made.
   * @throws `identity-name-invalid`, `passkey-refused`, `passkey-present`, `passkey-too-many`
   */
  async add(
    person: UserPrincipal,
    site: Site,
    { name: typed, creation }: { readonly name: string; readonly creation: PasskeyCreation },
  ): Promise<PasskeyInfo> {
    const name = parseName(typed);
    if (name === undefined) throw securityErrors("identity-name-invalid");
    const challenge = this.#take(creation.response.clientDataJSON, purposeOf("add", site, person));
    const made = await verifyCreation(creation, { ...site, challenge });
    if (made === undefined) throw securityErrors("passkey-refused");
    return this.#lock.run(`user/${person.userId}`, async () => {
      if (this.count(person) >= PASSKEYS_MAX) throw securityErrors("passkey-too-many");
      const { credential, publicKey, transports, isSynced, counter } = made;
      const details = { name, rpId: site.rpId, credential, publicKey, transports, isSynced };
      const way = wayHash("passkey", credential);
      const row = await this.#tools.ways.add(person, { kind: "passkey", way, details, counter });
      if (row === "taken") throw securityErrors("passkey-present");
      return this.#info(row);
    });
  }

  /** Takes one of the person's passkeys away. Throws `passkey-missing`, `access-busy`. */
  async remove(person: WayOwner, way: string): Promise<void> {
    await this.#lock.run(`way/${way}`, async () => {
      const row = this.#tools.ways.of(person, "passkey").find((one) => one.way === way);
      if (row === undefined) throw securityErrors("passkey-missing");
      await this.#tools.onRemoving(person, way);
      await this.#tools.ways.end(row);
    });
  }

  /** What a browser needs to sign somebody in; it names nobody, so it tells nothing of who has a passkey. */
  signInOptions(site: Site): PasskeyRequestOptions {
    return this.#request(site, purposeOf("sign-in", site), []);
  }

  /** What a browser needs to prove that it is the person of a session. */
  async proofOptions(person: UserPrincipal, site: Site): Promise<PasskeyRequestOptions> {
    const allowed = await this.#descriptors(this.#tools.ways.of(person, "passkey"), site);
    return this.#request(site, purposeOf("prove", site, person), allowed);
  }

  /**
   * Whose passkey signed. With a person: theirs alone, for their session.
   * @throws `passkey-refused`, `passkey-copied`
   */
  async use(answer: PasskeyAnswer, site: Site, person?: UserPrincipal): Promise<WayRow> {
    const purpose = person === undefined ? purposeOf("sign-in", site) : purposeOf("prove", site, person);
    const challenge = this.#take(answer.response.clientDataJSON, purpose);
    const way = wayHash("passkey", answer.id);
    return this.#lock.run(`way/${way}`, async () => {
      const row = this.#tools.ways.find("passkey", way);
      if (row === undefined || (person !== undefined && !isOf(row, person))) throw securityErrors("passkey-refused");
      const handle = answer.response.userHandle;
      // A sign-in that named nobody must say whose it is; a proof may leave it out.
      const isHis =
        handle === undefined ? person !== undefined : handle === Buffer.from(row.user).toString("base64url");
      const details = await this.#tools.ways.details(row);
      const [credential, publicKey] = [details.get("credential"), details.get("publicKey")];
      if (!isHis || details.get("rpId") !== site.rpId || credential !== answer.id || typeof publicKey !== "string") {
        throw securityErrors("passkey-refused");
      }
      const counter = await verifyAnswer(answer, { ...site, challenge, publicKey });
      if (counter === undefined) throw securityErrors("passkey-refused");
      if ((counter > 0 || row.counter > 0) && counter <= row.counter) {
        this.#tools.onCopied(row);
        throw securityErrors("passkey-copied");
      }
      if ((await this.#tools.ways.used(row, counter)) === "late") throw securityErrors("access-busy");
      return row;
    });
  }

  /** The challenge inside what a browser signed; spent from here on. Throws `passkey-refused` when it is not one of ours for this. */
  #take(clientDataJSON: string, purpose: string): string {
    const challenge = clientChallenge(clientDataJSON);
    const isGood = challenge !== undefined && this.#tools.challenges.take(Buffer.from(challenge, "base64url"), purpose);
    if (!isGood) throw securityErrors("passkey-refused");
    return challenge;
  }

  #request(
    site: Site,
    purpose: string,
    allowCredentials: PasskeyRequestOptions["allowCredentials"],
  ): PasskeyRequestOptions {
    const challenge = Buffer.from(this.#tools.challenges.make(purpose)).toString("base64url");
    return { challenge, rpId: site.rpId, timeout: CHALLENGE_MS, userVerification: "required", allowCredentials };
  }

  async #descriptors(rows: readonly WayRow[], site: Site): Promise<PasskeyRequestOptions["allowCredentials"]> {
    const all = await Promise.all(rows.map(async (row) => this.#tools.ways.details(row)));
    return all
      .filter((details) => details.get("rpId") === site.rpId)
      .map((details) => ({
        type: "public-key",
        id: String(details.get("credential")),
        transports: textsOf(details.get("transports")),
      }));
  }

  async #info(row: WayRow): Promise<PasskeyInfo> {
    const details = await this.#tools.ways.details(row);
    const { way, createdAtMs, usedAtMs } = row;
    const isSynced = details.get("isSynced") === true;
    return {
      way,
      name: String(details.get("name")),
      rpId: String(details.get("rpId")),
      isSynced,
      createdAtMs,
      usedAtMs,
    };
  }
}

function purposeOf(what: "add" | "sign-in" | "prove", site: Site, person?: UserPrincipal): string {
  return JSON.stringify([what, site.rpId, site.origin, person?.userId ?? "", person?.sessionId ?? ""]);
}

function isOf(row: WayRow, person: WayOwner): boolean {
  return row.user === person.userId && row.tenant === person.tenantId;
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}
