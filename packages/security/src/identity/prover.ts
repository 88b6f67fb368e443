/**
 * Passwords and codes are tried here and nowhere else: each try costs its name and its address, an unknown person costs as much as a
 * known one.
 */
import type { TenantId, UserId, UserPrincipal } from "@kaelix/model";

import type { SecondFactors } from "../access/second-factors.ts";
import type { SentCodes } from "../access/sent-codes.ts";
import { securityErrors } from "../errors.ts";
import type { GuessGate } from "./guess-gate.ts";
import type { Proof } from "./identity-types.ts";
import { PASSWORD_LENGTH_MAX } from "./parse.ts";
import type { PasskeyDoor } from "./passkey-door.ts";
import type { Passwords } from "./passwords.ts";
import type { UserRow } from "./rows.ts";

interface ProverTools {
  readonly guesses: GuessGate;
  readonly factors: SecondFactors;
  readonly passwords: Passwords;
  readonly passkeys: () => PasskeyDoor;
  readonly sent: SentCodes;
  /** The person as they stand now. */
  readonly user: (id: UserId) => Promise<UserRow | undefined>;
}

/** A code as it was typed. */
export interface GivenCode {
  readonly code?: string | undefined;
  /** Names the sending when the code was sent; absent: it is of the app, or a recovery code. */
  readonly codeRequest?: string | undefined;
  readonly address?: string | undefined;
}

/** Tries passwords and codes. */
export class Prover {
  readonly #tools: ProverTools;

  constructor(tools: ProverTools) {
    this.#tools = tools;
  }

  /** The person a password belongs to; undefined when it is wrong or there is nobody. Throws `identity-throttled`, `identity-busy`. */
  async owner(
    name: string,
    { password, address }: { readonly password: string; readonly address?: string },
    find: () => Promise<UserRow | undefined>,
  ): Promise<UserRow | undefined> {
    return this.#tools.guesses.attempt(name, address, async () => {
      const found = await find();
      const isTooLong = password.length > PASSWORD_LENGTH_MAX;
      const fits = await this.#tools.passwords.verify(found?.password, isTooLong ? "" : password);
      return fits && !isTooLong ? found : undefined;
    });
  }

  /**
   * Proves by a passkey when one is given, otherwise by a code of the app when there is one, otherwise by the password. Where codes are
   * sent and there is no app, by the password and a code: what is sent may be read by others, so it proves nothing alone.
   */
  async prove({ principal, password, code, codeRequest, passkey, address }: Proof): Promise<void> {
    const { factors } = this.#tools;
    const place = address === undefined ? {} : { address };
    if (passkey !== undefined) {
      await this.#tools.passkeys().prove(principal, passkey, address);
      return;
    }
    if (factors.hasApp(principal.userId)) {
      await this.code(principal, { code, address });
      return;
    }
    await this.password(principal.userId, { password: password ?? "", ...place });
    if (!factors.has(principal.userId)) return;
    await this.code(principal, { code, codeRequest, address }, proofPurpose(principal));
  }

  /**
   * Uses up a code; one that was sent only where a purpose is named.
   * @throws `identity-code-required` with the `ways` that will do, `identity-code-wrong`, `identity-throttled`
   */
  async code(
    person: { readonly tenantId: TenantId; readonly userId: UserId },
    { code, codeRequest, address }: GivenCode,
    purpose?: string,
  ): Promise<void> {
    const { factors, guesses, sent } = this.#tools;
    if (code === undefined) {
      const app = factors.hasApp(person.userId) ? ["app"] : [];
      const ways = [...app, ...(purpose === undefined ? [] : factors.sentBy(person.userId))];
      throw securityErrors("identity-code-required", { details: { ways } });
    }
    const used = await guesses.attempt(`code/${person.userId}`, address, async () => {
      if (codeRequest === undefined) return (await factors.use(person, code)) ? true : undefined;
      return purpose !== undefined && sent.take(purpose, codeRequest, code) ? true : undefined;
    });
    if (used === undefined) throw securityErrors("identity-code-wrong");
  }

  /**
   * The person behind a session by their password, or by a passkey in its place.
   * @throws `identity-credentials-wrong`, `passkey-refused`, `identity-throttled`, `identity-busy`
   */
  async person({ principal, password = "", passkey, address }: Omit<Proof, "code" | "codeRequest">): Promise<UserRow> {
    const { passkeys, user } = this.#tools;
    if (passkey === undefined)
      return this.password(principal.userId, { password, ...(address === undefined ? {} : { address }) });
    await passkeys().prove(principal, passkey, address);
    const row = await user(principal.userId);
    if (row === undefined) throw securityErrors("identity-credentials-wrong");
    return row;
  }

  /** The person behind a session by their password. Throws `identity-credentials-wrong`, `identity-throttled`, `identity-busy`. */
  async password(user: UserId, given: { readonly password: string; readonly address?: string }): Promise<UserRow> {
    const row = await this.owner(`unlock/${user}`, given, async () => this.#tools.user(user));
    if (row === undefined) throw securityErrors("identity-credentials-wrong");
    return row;
  }
}

/** What a code for signing in is good for. */
export function entryPurpose(user: UserId): string {
  return `enter/${user}`;
}

/** What a code for proving who is at a session is good for. */
export function proofPurpose({ sessionId }: Pick<UserPrincipal, "sessionId">): string {
  return `prove/${sessionId}`;
}
