import { seededRandom } from "@kaelix/base";
import { type BatchHeader, KAFKA_ERRORS } from "@kaelix/protocol";
import { expect, test } from "vitest";

import { BATCHES_REMEMBERED, ProducerStates, type ProducerVerdict } from "./producer-state.ts";

const LIMITS = { expirationMs: 1000, producersMax: 1000 };
const EPOCH_STEPS = [0, 0, 0, 0, 0, 1, -1];
const CHECK = { nowMs: 0, transactionVersion: 1 };

interface Sent {
  readonly producerId?: number;
  readonly epoch?: number;
  readonly sequence: number;
  readonly count?: number;
  readonly transactional?: boolean;
}

function header({ count = 1, epoch = 0, producerId = 1, sequence, transactional = false }: Sent): BatchHeader {
  return {
    baseOffset: 0,
    sizeBytes: 100,
    leaderEpoch: 0,
    magic: 2,
    crc: 0,
    attributes: transactional ? 16 : 0,
    lastOffsetDelta: count - 1,
    baseTimestampMs: 0,
    maxTimestampMs: 0,
    producerId,
    producerEpoch: epoch,
    baseSequence: sequence,
    recordCount: count,
  };
}

function errorOf(verdict: ProducerVerdict): number {
  return verdict.type === "refused" ? verdict.error : 0;
}

test("the last five batches are recognised, the sixth is out of order", () => {
  const states = new ProducerStates(LIMITS);
  for (let at = 0; at < 7; at += 1) states.apply(header({ sequence: at * 10, count: 10 }), 100 + at * 10, 0);
  for (let at = 0; at < 7; at += 1) {
    const verdict = states.check(header({ sequence: at * 10, count: 10 }), CHECK);
    const isRemembered = at >= 7 - BATCHES_REMEMBERED;
    if (isRemembered) expect(verdict).toEqual({ type: "duplicate", baseOffset: 100 + at * 10 });
    else expect(errorOf(verdict)).toBe(KAFKA_ERRORS.OUT_OF_ORDER_SEQUENCE_NUMBER);
  }
  // The same first sequence with another count is another batch.
  expect(errorOf(states.check(header({ sequence: 60, count: 9 }), CHECK))).toBe(
    KAFKA_ERRORS.OUT_OF_ORDER_SEQUENCE_NUMBER,
  );
});

test("sequences wrap from 2^31 - 1 to 0, also within a batch", () => {
  const states = new ProducerStates(LIMITS);
  const last = 2 ** 31 - 1;
  states.apply(header({ sequence: last - 1, count: 2 }), 0, 0);
  expect(states.check(header({ sequence: 0 }), CHECK).type).toBe("fresh");
  const across = new ProducerStates(LIMITS);
  across.apply(header({ sequence: last, count: 3 }), 0, 0);
  expect(across.check(header({ sequence: 2 }), CHECK).type).toBe("fresh");
  expect(across.check(header({ sequence: last, count: 3 }), CHECK)).toEqual({ type: "duplicate", baseOffset: 0 });
});

test("a new epoch begins at 0 and ends the old one", () => {
  const states = new ProducerStates(LIMITS);
  states.apply(header({ epoch: 3, sequence: 0 }), 0, 0);
  expect(errorOf(states.check(header({ epoch: 4, sequence: 1 }), CHECK))).toBe(
    KAFKA_ERRORS.OUT_OF_ORDER_SEQUENCE_NUMBER,
  );
  expect(states.check(header({ epoch: 4, sequence: 0 }), CHECK).type).toBe("fresh");
  states.apply(header({ epoch: 4, sequence: 0 }), 1, 0);
  expect(errorOf(states.check(header({ epoch: 3, sequence: 1 }), CHECK))).toBe(KAFKA_ERRORS.INVALID_PRODUCER_EPOCH);
});

test("who is not known may begin anywhere, but not with transactions of version 2", () => {
  const states = new ProducerStates(LIMITS);
  expect(states.check(header({ sequence: 5 }), CHECK).type).toBe("fresh");
  const check = { nowMs: 0, transactionVersion: 2 };
  expect(states.check(header({ sequence: 5 }), check).type).toBe("fresh");
  expect(states.check(header({ sequence: 0, transactional: true }), check).type).toBe("fresh");
  const gap = states.check(header({ sequence: 5, transactional: true }), check);
  expect(errorOf(gap)).toBe(KAFKA_ERRORS.OUT_OF_ORDER_SEQUENCE_NUMBER);
});

test("producers expire by time, but not with an open transaction; too many push out the oldest", () => {
  const states = new ProducerStates({ expirationMs: 1000, producersMax: 32 });
  states.apply(header({ producerId: 1, sequence: 0 }), 0, 0);
  states.apply(header({ producerId: 2, sequence: 0, transactional: true }), 1, 0);
  expect(states.check(header({ producerId: 1, sequence: 5 }), { ...CHECK, nowMs: 999 }).type).toBe("refused");
  expect(states.check(header({ producerId: 1, sequence: 5 }), { ...CHECK, nowMs: 1000 }).type).toBe("fresh");
  states.expire(1000);
  expect([...states.rows()].map(({ producerId }) => producerId)).toEqual([2]);
  for (let producerId = 10; producerId < 200; producerId += 1) {
    states.apply(header({ producerId, sequence: 0 }), producerId, 1000 + producerId);
    expect(states.size).toBeLessThanOrEqual(32);
  }
  const left = [...states.rows()].map(({ producerId }) => producerId);
  expect(left).toContain(2);
  expect(left).toContain(199);
  expect(left).not.toContain(10);
});

test("markers need a new enough epoch and coordinator", () => {
  const states = new ProducerStates(LIMITS);
  states.apply(header({ epoch: 2, sequence: 0, transactional: true }), 0, 0);
  const marker = { producerId: 1, producerEpoch: 2, committed: true, coordinatorEpoch: 5 };
  expect(states.checkMarker({ ...marker, producerEpoch: 1 })?.error).toBe(KAFKA_ERRORS.INVALID_PRODUCER_EPOCH);
  // Version 2 ends a transaction with a higher epoch; the same one is a late marker of the transaction before.
  expect(states.checkMarker({ ...marker, transactionVersion: 2 })?.error).toBe(KAFKA_ERRORS.INVALID_PRODUCER_EPOCH);
  expect(states.checkMarker({ ...marker, producerEpoch: 3, transactionVersion: 2 })).toBeUndefined();
  expect(states.checkMarker(marker)).toBeUndefined();
  states.applyMarker(marker, 1, 0);
  expect(states.checkMarker({ ...marker, coordinatorEpoch: 4 })?.error).toBe(
    KAFKA_ERRORS.TRANSACTION_COORDINATOR_FENCED,
  );
  expect(states.checkMarker({ ...marker, transactionVersion: 2 })).toBeUndefined();
});

/** What a partition's producers are, kept as the whole history: slow and plain. */
class Oracle {
  readonly log: ({ readonly offset: number } & Required<Sent> & {
      readonly marker?: boolean;
      readonly committed?: boolean;
    })[] = [];
  endOffset = 0;

  #of(producerId: number): Oracle["log"] {
    return this.log.filter((entry) => entry.producerId === producerId);
  }

  verdict({ count = 1, epoch = 0, producerId = 1, sequence, transactional = false }: Sent): string {
    const all = this.#of(producerId);
    const current = all.at(-1)?.epoch;
    if (current === undefined) return "fresh";
    if (epoch < current) return "old epoch";
    const sameEpoch = all.slice(all.findLastIndex((entry) => entry.epoch !== current) + 1);
    const batches = epoch === current ? sameEpoch.filter((entry) => entry.marker !== true) : [];
    const known = batches.slice(-5).find((entry) => entry.sequence === sequence && entry.count === count);
    if (known !== undefined) return `duplicate ${known.offset}`;
    if (this.firstOpen(producerId) !== undefined && !transactional) return "plain";
    const last = batches.at(-1);
    const expected = last === undefined ? 0 : (last.sequence + last.count) % 2 ** 31;
    return sequence === expected ? "fresh" : "gap";
  }

  firstOpen(producerId: number): number | undefined {
    const all = this.#of(producerId);
    const lastMarker = all.findLastIndex((entry) => entry.marker === true);
    return all.slice(lastMarker + 1).find((entry) => entry.transactional)?.offset;
  }

  lastStableOffset(): number {
    const open = [...new Set(this.log.map(({ producerId }) => producerId))].map((id) => this.firstOpen(id));
    return Math.min(...open.filter((offset) => offset !== undefined), this.endOffset);
  }

  aborted(from: number, to: number): string[] {
    const found: string[] = [];
    for (const [at, entry] of this.log.entries()) {
      if (entry.marker !== true || entry.committed !== false || entry.offset < from) continue;
      const before = this.log.slice(0, at).filter(({ producerId }) => producerId === entry.producerId);
      const first = before
        .slice(before.findLastIndex(({ marker }) => marker === true) + 1)
        .find((one) => one.transactional);
      if (first !== undefined && first.offset < to) found.push(`${entry.producerId} ${first.offset}`);
    }
    return found.sort();
  }
}

function named(verdict: ProducerVerdict): string {
  if (verdict.type === "fresh") return "fresh";
  if (verdict.type === "duplicate") return `duplicate ${verdict.baseOffset}`;
  if (verdict.error === KAFKA_ERRORS.INVALID_PRODUCER_EPOCH) return "old epoch";
  return verdict.error === KAFKA_ERRORS.INVALID_TXN_STATE ? "plain" : "gap";
}

/** One random history; compares every answer with the oracle's. */
function compareHistory(seed: number): void {
  const random = seededRandom(seed);
  const states = new ProducerStates(LIMITS);
  const oracle = new Oracle();
  for (let turn = 0; turn < 120; turn += 1) {
    const producerId = 1 + random.integer(3);
    const last = oracle.log.findLast((entry) => entry.producerId === producerId);
    const epoch = Math.max(0, (last?.epoch ?? 0) + (EPOCH_STEPS[random.integer(EPOCH_STEPS.length)] ?? 0));
    if (random.integer(5) === 0) {
      const committed = random.integer(2) === 0;
      const marker = { producerId, producerEpoch: epoch, committed, coordinatorEpoch: 0 };
      const isOld = last !== undefined && epoch < last.epoch;
      expect(states.checkMarker(marker) !== undefined, `marker, seed ${seed}, turn ${turn}`).toBe(isOld);
      if (isOld) continue;
      states.applyMarker(marker, oracle.endOffset, 0);
      const entry = { producerId, epoch, sequence: -1, count: 1, transactional: true, marker: true, committed };
      oracle.log.push({ ...entry, offset: oracle.endOffset });
      oracle.endOffset += 1;
    } else {
      const again = oracle.log.filter((entry) => entry.producerId === producerId && entry.marker !== true);
      const repeated = again[again.length - 1 - random.integer(8)];
      const next = last === undefined || last.marker === true || last.epoch !== epoch ? 0 : last.sequence + last.count;
      const sent: Required<Sent> =
        repeated !== undefined && random.integer(4) === 0
          ? repeated
          : {
              producerId,
              epoch,
              sequence: next + (random.integer(5) === 0 ? 1 : 0),
              count: 1 + random.integer(3),
              transactional: random.integer(3) > 0,
            };
      const verdict = states.check(header(sent), CHECK);
      expect(named(verdict), `batch, seed ${seed}, turn ${turn}`).toBe(oracle.verdict(sent));
      if (verdict.type !== "fresh") continue;
      states.apply(header(sent), oracle.endOffset, 0);
      oracle.log.push({ ...sent, offset: oracle.endOffset });
      oracle.endOffset += sent.count;
    }
    const stable = Math.min(states.firstOpenOffset, oracle.endOffset);
    expect(stable, `last stable offset, seed ${seed}, turn ${turn}`).toBe(oracle.lastStableOffset());
  }
  for (let look = 0; look < 10; look += 1) {
    const from = random.integer(oracle.endOffset + 1);
    const to = from + random.integer(30);
    const bounded = Math.min(to, oracle.lastStableOffset());
    const found = states.aborted.between(from, bounded).map((row) => `${row.producerId} ${row.firstOffset}`);
    expect(found.sort(), `aborted in ${from} to ${bounded}, seed ${seed}`).toEqual(oracle.aborted(from, bounded));
  }
}

test("random histories are judged as the whole log would be", () => {
  for (let seed = 0; seed < 40; seed += 1) compareHistory(seed);
});
