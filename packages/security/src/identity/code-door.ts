/**
 * Codes by mail and SMS as the second step: turning them on and off, and sending one for a sign-in or for a proof at a session.
 *
 * Guarantees: a way counts once a code that was sent by it came back, so nobody shuts themself out; turning on ends every other session;
 * a code for signing in is sent to nobody who has not given the password (but from the machine itself), and who has none of this on is
 * told so only then; for a proof none is sent where an app is set up. What is sent never opens anything alone: the password is asked for besides.
 */
import type { CodeWay, UserPrincipal } from "@kaelix/model";

import type { SecondFactors } from "../access/second-factors.ts";
import type { CodeSent, SentCodes } from "../access/sent-codes.ts";
import { securityErrors } from "../errors.ts";
import type { GuessGate } from "./guess-gate.ts";
import type { LogInRequest } from "./identity-types.ts";
import { entryPurpose, proofPurpose } from "./prover.ts";
import type { UserRow } from "./rows.ts";

interface CodeDoorParts {
  readonly sent: SentCodes;
  readonly factors: SecondFactors;
  readonly guesses: GuessGate;
  /** Whose phone number and password they are; undefined when they are wrong. */
  readonly known: (request: LogInRequest) => Promise<UserRow | undefined>;
  readonly isSuspended: (person: Pick<UserRow, "user" | "tenant">) => boolean;
  /** Throws `identity-proof-required` unless the session has just proved itself. */
  readonly requireProof: (principal: UserPrincipal) => void;
  readonly endOtherSessions: (principal: UserPrincipal) => Promise<unknown>;
}

/** The door that codes by mail and SMS open together with the password. */
export class CodeDoor {
  readonly #parts: CodeDoorParts;

  constructor(parts: CodeDoorParts) {
    this.#parts = parts;
  }

  /** By which ways this installation can send. */
  get ways(): readonly CodeWay[] {
    return this.#parts.sent.ways;
  }

  /**
   * Sends a code for signing in to somebody who has just given their password.
   * @throws `identity-credentials-wrong`, `identity-suspended`, `identity-throttled`, `identity-busy`, `code-way-off`,
   *   `code-way-unavailable`, `code-too-many`; errors of sending
   */
  async sendForEntry(request: LogInRequest & { readonly by: CodeWay }): Promise<CodeSent> {
    const { factors, isSuspended, known, sent } = this.#parts;
    const row = await known(request);
    if (row === undefined) throw securityErrors("identity-credentials-wrong");
    if (isSuspended(row)) throw securityErrors("identity-suspended");
    if (!factors.sentBy(row.user).includes(request.by)) throw securityErrors("code-way-off");
    const person = { tenantId: row.tenant, userId: row.user };
    return sent.send(person, request.by, entryPurpose(row.user), request.address);
  }

  /**
   * Sends a code for signing in to somebody whose machine this is: the operator, whose every proof is signing in as the owner.
   * @throws as `sendForProof`
   */
  async sendToOwner({ tenantId, userId }: UserPrincipal, by: CodeWay): Promise<CodeSent> {
    if (!this.#parts.factors.sentBy(userId).includes(by)) throw securityErrors("code-way-off");
    return this.#parts.sent.send({ tenantId, userId }, by, entryPurpose(userId), undefined);
  }

  /** Sends a code for a proof at a session. Throws `code-way-off`, `code-way-unavailable`, `code-too-many`; errors of sending. */
  async sendForProof(principal: UserPrincipal, by: CodeWay, address?: string): Promise<CodeSent> {
    const { factors, sent } = this.#parts;
    const isOn = factors.sentBy(principal.userId).includes(by) && !factors.hasApp(principal.userId);
    if (!isOn) throw securityErrors("code-way-off");
    return sent.send(principal, by, proofPurpose(principal), address);
  }

  /** Begins to turn a way on. Throws `identity-proof-required`, `code-way-on`, `code-way-unavailable`, `code-too-many`; errors of sending. */
  async begin(principal: UserPrincipal, by: CodeWay, address?: string): Promise<CodeSent> {
    const { factors, requireProof, sent } = this.#parts;
    requireProof(principal);
    if (factors.sentBy(principal.userId).includes(by)) throw securityErrors("code-way-on");
    return sent.send(principal, by, turningPurpose(principal, by), address);
  }

  /**
   * Turns a way on with the code that came; from now on signing in asks for one. Every other session of the person ends.
   * @returns ten recovery codes, shown once, when this is the first second factor; else none
   * @throws `identity-proof-required`, `identity-code-wrong`, `identity-throttled`, `code-way-on`
   */
  async confirm(
    principal: UserPrincipal,
    by: CodeWay,
    given: { readonly request: string; readonly code: string; readonly address?: string },
  ): Promise<readonly string[]> {
    const { endOtherSessions, factors, guesses, requireProof, sent } = this.#parts;
    requireProof(principal);
    const purpose = turningPurpose(principal, by);
    const came = await guesses.attempt(`code/${principal.userId}`, given.address, async () =>
      sent.take(purpose, given.request, given.code) ? true : undefined,
    );
    if (came === undefined) throw securityErrors("identity-code-wrong");
    const recovery = await factors.addSent(principal, by);
    await endOtherSessions(principal);
    return recovery;
  }

  /** Turns a way off. Throws `identity-proof-required`, `code-way-off`. */
  async remove(principal: UserPrincipal, by: CodeWay): Promise<void> {
    this.#parts.requireProof(principal);
    await this.#parts.factors.removeSent(principal, by);
  }
}

function turningPurpose({ sessionId }: UserPrincipal, by: CodeWay): string {
  return `turn-on/${sessionId}/${by}`;
}
