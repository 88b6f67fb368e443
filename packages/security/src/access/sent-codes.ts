/**
 * Codes that are sent to a person as the second step: by mail to the address that is theirs, by SMS to their phone.
 *
 * Guarantees: a code opens for what it was asked for (one sign-in, one session) and with the request it was made for, once, within ten
 * minutes, five tries; it is kept as a keyed hash alone and stands in no error; every code that is sent counts before it is sent, against
 * the destination, the person and the network address. Nobody names a destination here: it is looked up.
 * It does not: slow down guessing (whoever takes codes does), or bound what all codes together cost (the sender does). In memory only.
 */
import type { Clock, RandomSource } from "@kaelix/base";
import type { CodeWay } from "@kaelix/model";

import { securityErrors } from "../errors.ts";
import { Caps } from "../identity/caps.ts";
import { addressName } from "../identity/throttle.ts";
import { MAIL_CODE_MS, MailCodes } from "./mail-codes.ts";
import type { WayOwner } from "./ways.ts";

/** Sends one code by one way; the words are in `text`. */
export type CodeSender = (message: {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}) => Promise<void>;

/** What codes are sent by; absent: not at all. */
export type CodeSenders = Readonly<Partial<Record<CodeWay, CodeSender>>>;

/** A code that was sent: the request that it is good with, and until when, epoch ms. */
export interface CodeSent {
  readonly request: string;
  readonly untilMs: number;
}

interface SentCodesParts {
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly senders: CodeSenders;
  /** Where a person's codes go; undefined when there is no such place. */
  readonly destination: (person: WayOwner, by: CodeWay) => Promise<string | undefined>;
}

const DAY_MS = 86_400_000;
const REQUEST_BYTES = 16;
const FROM_PLACE_PER_HOUR = 20;

/** How many codes go to one destination in an hour. */
const PER_HOUR = { email: 5, sms: 3 } as const;
/** How many codes go to one person in a day. */
const PER_DAY = { email: 20, sms: 8 } as const;

/** The codes that are sent as a second step. */
export class SentCodes {
  readonly #parts: SentCodesParts;
  readonly #codes: MailCodes;
  readonly #to = { email: new Caps(PER_HOUR.email), sms: new Caps(PER_HOUR.sms) };
  readonly #person = { email: new Caps(PER_DAY.email, DAY_MS), sms: new Caps(PER_DAY.sms, DAY_MS) };
  readonly #fromPlace = new Caps(FROM_PLACE_PER_HOUR);

  constructor(parts: SentCodesParts) {
    this.#parts = parts;
    this.#codes = new MailCodes(parts.clock, parts.random);
  }

  /** By which ways this installation can send. */
  get ways(): readonly CodeWay[] {
    return (["email", "sms"] as const).filter((way) => this.#parts.senders[way] !== undefined);
  }

  /**
   * Sends a code for a purpose, to where this person's codes go.
   * @throws `code-way-unavailable`, `code-too-many`; errors of sending
   */
  async send(person: WayOwner, by: CodeWay, purpose: string, address: string | undefined): Promise<CodeSent> {
    const { clock, destination, random, senders } = this.#parts;
    const sender = senders[by];
    const to = sender === undefined ? undefined : await destination(person, by);
    if (sender === undefined || to === undefined) throw securityErrors("code-way-unavailable");
    const nowMs = clock.monotonicMs();
    const isFree =
      (address === undefined || this.#fromPlace.take(addressName(address), nowMs)) &&
      this.#to[by].take(to, nowMs) &&
      this.#person[by].take(person.userId, nowMs);
    const request = Buffer.from(random.bytes(REQUEST_BYTES)).toString("base64url");
    const code = isFree ? this.#codes.make(nameOf(purpose, request)) : undefined;
    if (code === undefined) throw securityErrors("code-too-many");
    await sender({ to, ...messageOf(code) });
    return { request, untilMs: clock.nowMs() + MAIL_CODE_MS };
  }

  /** Uses up a code; false when it is not the one of that purpose and request. Each call is a try. */
  take(purpose: string, request: string, code: string): boolean {
    const name = nameOf(purpose, request);
    if (!this.#codes.check(name, code)) return false;
    this.#codes.spend(name);
    return true;
  }
}

function nameOf(purpose: string, request: string): string {
  return JSON.stringify([purpose, request]);
}

function messageOf(code: string): { readonly subject: string; readonly text: string } {
  const text = `Your Kaelix code is ${code}. It is good for ten minutes, where you asked for it. Nobody of Kaelix asks you for it. If you did not ask: somebody knows your password, change it.`;
  return { subject: `${code} is your code`, text };
}
