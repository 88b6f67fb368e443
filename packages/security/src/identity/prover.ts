/**
 * Passwords and codes are tried here and nowhere else: each try costs its name and its address, an unknown person costs as much as a
 * known one.
 */
import type { TenantId, UserId } from "@kaelix/model";

import type { SecondFactors } from "../access/second-factors.ts";
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
  /** The person as they stand now. */
  readonly user: (id: UserId) => Promise<UserRow | undefined>;
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

  /** Proves by a passkey when one is given, otherwise by a code when the person has a second factor, otherwise by the password. */
  async prove({ principal, password, code, passkey, address }: Proof): Promise<void> {
    const place = address === undefined ? {} : { address };
    if (passkey !== undefined) await this.#tools.passkeys().prove(principal, passkey, address);
    else if (this.#tools.factors.has(principal.userId)) await this.code(principal, code, address);
    else await this.password(principal.userId, { password: password ?? "", ...place });
  }

  /** Uses up a code. Throws `identity-code-required`, `identity-code-wrong`, `identity-throttled`. */
  async code(
    person: { readonly tenantId: TenantId; readonly userId: UserId },
    code: string | undefined,
    address: string | undefined,
  ): Promise<void> {
    if (code === undefined) throw securityErrors("identity-code-required");
    const used = await this.#tools.guesses.attempt(`code/${person.userId}`, address, async () =>
      (await this.#tools.factors.use(person, code)) ? true : undefined,
    );
    if (used === undefined) throw securityErrors("identity-code-wrong");
  }

  /** The person behind a session by their password. Throws `identity-credentials-wrong`, `identity-throttled`, `identity-busy`. */
  async password(user: UserId, given: { readonly password: string; readonly address?: string }): Promise<UserRow> {
    const row = await this.owner(`unlock/${user}`, given, async () => this.#tools.user(user));
    if (row === undefined) throw securityErrors("identity-credentials-wrong");
    return row;
  }
}
