/** Where a record stands: a partition of a topic and the offset inside it. */
export interface LogPosition {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

const POSITION_PATTERN = /^([a-zA-Z0-9._-]{1,249})\/(\d{1,6})[/@](\d{1,16})$/;

/** `memories/4@88412`: how a person reads a position. */
export function formatPosition(position: LogPosition): string {
  return `${position.topic}/${position.partition}@${position.offset}`;
}

/** `memories/4/88412`: how a `Kaelix-Position` header writes a position. */
export function formatPositionHeader(position: LogPosition): string {
  return `${position.topic}/${position.partition}/${position.offset}`;
}

/** Reads either form; undefined when the text is no position. */
export function parsePosition(text: string): LogPosition | undefined {
  const match = POSITION_PATTERN.exec(text);
  if (match === null) return undefined;
  const [, topic, partition, offset] = match;
  const parsed = { topic: topic ?? "", partition: Number(partition), offset: Number(offset) };
  return Number.isSafeInteger(parsed.offset) ? parsed : undefined;
}
