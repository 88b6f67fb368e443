/** Acknowledgements as ShareFetch and ShareAcknowledge carry them, and what is wrong with some. Pure. */

/** Kafka's codes of what is said of a record. */
export const ACKNOWLEDGE_TYPES = { gap: 0, accept: 1, release: 2, reject: 3, renew: 4 } as const;

/** Offsets, both ends in it, and what is said of them: one word for all, or one for each. */
export interface AcknowledgementBatch {
  readonly firstOffset: number;
  readonly lastOffset: number;
  readonly acknowledgeTypes: readonly number[];
}

/** Offsets of which the same is said. */
export interface TypedRange {
  readonly first: number;
  readonly last: number;
  readonly type: number;
}

/** What is wrong with a partition's acknowledgements whatever its records are; undefined when nothing is. */
export function acknowledgementProblem(
  batches: readonly AcknowledgementBatch[],
  mayRenew: boolean,
): string | undefined {
  let next = 0;
  for (const { acknowledgeTypes, firstOffset, lastOffset } of batches) {
    if (firstOffset > lastOffset) return "The first offset of a batch is after its last";
    if (firstOffset < next) return "Batches are not in order";
    next = lastOffset + 1;
    const { length } = acknowledgeTypes;
    if (length !== 1 && length !== lastOffset - firstOffset + 1) {
      return "A batch must have one acknowledge type, or one for each offset";
    }
    const typeMax = mayRenew ? ACKNOWLEDGE_TYPES.renew : ACKNOWLEDGE_TYPES.reject;
    if (acknowledgeTypes.some((type) => type < 0 || type > typeMax)) return "An acknowledge type is not known here";
  }
  return undefined;
}

/** True when more time is asked for some record. */
export function hasRenewal(batches: readonly AcknowledgementBatch[]): boolean {
  return batches.some(({ acknowledgeTypes }) => acknowledgeTypes.includes(ACKNOWLEDGE_TYPES.renew));
}

/** A batch's offsets by what is said of them. */
export function rangesOfTypes({ acknowledgeTypes, firstOffset, lastOffset }: AcknowledgementBatch): TypedRange[] {
  const [only = ACKNOWLEDGE_TYPES.gap] = acknowledgeTypes;
  if (acknowledgeTypes.length === 1) return [{ first: firstOffset, last: lastOffset, type: only }];
  const ranges: TypedRange[] = [];
  for (const [index, type] of acknowledgeTypes.entries()) {
    const offset = firstOffset + index;
    const before = ranges.at(-1);
    if (before?.type === type) ranges[ranges.length - 1] = { ...before, last: offset };
    else ranges.push({ first: offset, last: offset, type });
  }
  return ranges;
}
