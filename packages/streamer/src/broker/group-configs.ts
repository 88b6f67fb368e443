/** Every configuration key of a group; the broker's keys of the same meaning hold for groups that set none. */
import { type ConfigRow, tableOf } from "./config-values.ts";

const ROWS: readonly ConfigRow[] = [
  {
    name: "consumer.heartbeat.interval.ms",
    type: "int",
    default: "5000",
    min: 1,
    synonym: "group.consumer.heartbeat.interval.ms",
    text: "Heartbeat interval of the group's consumers (KIP-848), ms",
  },
  {
    name: "consumer.session.timeout.ms",
    type: "int",
    default: "45000",
    min: 1,
    synonym: "group.consumer.session.timeout.ms",
    text: "Session timeout of the group's consumers (KIP-848), ms; longer than the heartbeat interval",
  },
];

/** By name. */
export const GROUP_CONFIGS = tableOf(ROWS);

/** What is wrong with a group's values taken together; undefined when nothing is. */
export function groupProblem(numberOf: (name: string) => number): string | undefined {
  const heartbeatMs = numberOf("consumer.heartbeat.interval.ms");
  const sessionMs = numberOf("consumer.session.timeout.ms");
  if (sessionMs > heartbeatMs) return undefined;
  return `consumer.session.timeout.ms is ${sessionMs}, must be more than consumer.heartbeat.interval.ms, which is ${heartbeatMs}`;
}
