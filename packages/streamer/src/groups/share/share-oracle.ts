/**
 * What a share group's members were given and what they said, and what of it must hold whatever crashes: a record is held by one member at a
 * time; what was answered to be done is never given again; what is on the disk is given until somebody says it is done, or the limit of
 * deliveries is reached; how often a record was delivered never goes back behind what was answered to be given back. Pure.
 */
import type { HeldRecord } from "./share-work.ts";

/** One record as its members know it. Its text is its name: what the disk lost may leave its offset to another. */
interface KnownRecord {
  /** It is on the disk. */
  isSure: boolean;
  /** Somebody said that it is done with. */
  isAsked: boolean;
  /** That was answered. */
  isDone: boolean;
  holder: { readonly memberId: string; readonly untilMs: number } | undefined;
  deliveryCountMax: number;
  /** The next delivery counts at least so much: in this process, and after a crash. */
  nextCount: number;
  nextCountForGood: number;
}

/** See the top of the file. */
export class ShareOracle {
  readonly faults: string[] = [];
  deliveredCount = 0;
  readonly #records = new Map<string, KnownRecord>();
  readonly #deliveryLimit: number;

  constructor(deliveryLimit: number) {
    this.#deliveryLimit = deliveryLimit;
  }

  get doneCount(): number {
    let count = 0;
    for (const { isDone } of this.#records.values()) if (isDone) count += 1;
    return count;
  }

  #of(text: string): KnownRecord {
    const known = this.#records.get(text) ?? {
      isSure: false,
      isAsked: false,
      isDone: false,
      holder: undefined,
      deliveryCountMax: 0,
      nextCount: 1,
      nextCountForGood: 1,
    };
    this.#records.set(text, known);
    return known;
  }

  /** Records are on the disk. */
  wrote(texts: readonly string[]): void {
    for (const text of texts) this.#of(text).isSure = true;
  }

  /** A member was given a record, to be held until a time. */
  gave(
    memberId: string,
    { deliveryCount, text }: HeldRecord,
    { nowMs, untilMs }: { readonly nowMs: number; readonly untilMs: number },
  ): void {
    const record = this.#of(text);
    this.deliveredCount += 1;
    if (record.isDone) this.faults.push(`${text} was done and is given again`);
    if (record.holder !== undefined && record.holder.untilMs > nowMs) {
      this.faults.push(`${text} is given to ${memberId} while ${record.holder.memberId} holds it`);
    }
    if (deliveryCount < record.nextCount || deliveryCount > this.#deliveryLimit) {
      this.faults.push(
        `${text} is delivered for the ${deliveryCount}th time of ${this.#deliveryLimit}, expected ${record.nextCount}`,
      );
    }
    record.holder = { memberId, untilMs };
    record.deliveryCountMax = Math.max(record.deliveryCountMax, deliveryCount);
    record.nextCount = deliveryCount + 1;
  }

  /** A member says something of what it holds: whatever comes of it, others may have the record now. */
  asked(text: string, isDone: boolean): void {
    const record = this.#of(text);
    record.holder = undefined;
    record.isAsked ||= isDone;
  }

  /** It was answered that what was said is kept. */
  answered({ deliveryCount, text }: HeldRecord, isDone: boolean): void {
    const record = this.#of(text);
    record.isDone ||= isDone;
    record.nextCountForGood = Math.max(record.nextCountForGood, deliveryCount + 1);
  }

  /** A member is gone: others may have what it held. */
  left(memberId: string): void {
    for (const record of this.#records.values()) if (record.holder?.memberId === memberId) record.holder = undefined;
  }

  /** The process is gone, and with it who held what. */
  crashed(): void {
    for (const record of this.#records.values()) {
      record.holder = undefined;
      record.nextCount = record.nextCountForGood;
    }
  }

  /** Everything was given and accepted: what is on the disk and was never given again was forgotten. */
  ended(): void {
    for (const [text, { deliveryCountMax, isAsked, isSure }] of this.#records) {
      const isForgotten = isSure && !isAsked && deliveryCountMax < this.#deliveryLimit;
      if (isForgotten) this.faults.push(`${text} was never done, and is given to nobody`);
    }
  }
}
