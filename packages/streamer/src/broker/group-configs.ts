/** Every configuration key of a group; the broker's keys of the same meaning hold for groups that set none. */
import { type ConfigRow, tableOf } from "./config-values.ts";

/** As `share.auto.offset.reset` may be written: durations are those of java.time.Duration that are not negative. */
export const OFFSET_RESET =
  /^(?:earliest|latest|by_duration:P(?=[\dT])(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?)$/;

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
  {
    name: "share.auto.offset.reset",
    type: "string",
    default: "latest",
    matches: OFFSET_RESET,
    text: "Where a share group begins in a partition: earliest, latest, or by_duration:PnDTnHnMn.nS",
  },
  {
    name: "share.delivery.count.limit",
    type: "int",
    default: "5",
    min: 2,
    max: 10,
    synonym: "group.share.delivery.count.limit",
    text: "How often a share group is given a record before it is given up (KIP-932)",
  },
  {
    name: "share.heartbeat.interval.ms",
    type: "int",
    default: "5000",
    min: 1,
    synonym: "group.share.heartbeat.interval.ms",
    text: "Heartbeat interval of the share group's members (KIP-932), ms",
  },
  {
    name: "share.isolation.level",
    type: "string",
    default: "read_uncommitted",
    oneOf: ["read_committed", "read_uncommitted"],
    text: "Whether a share group is given records of transactions that are open or were aborted",
  },
  {
    name: "share.partition.max.record.locks",
    type: "int",
    default: "2000",
    min: 100,
    max: 10_000,
    synonym: "group.share.partition.max.record.locks",
    text: "Most records of a partition that a share group was given and has not done with",
  },
  {
    name: "share.record.lock.duration.ms",
    type: "int",
    default: "30000",
    min: 1000,
    max: 3_600_000,
    synonym: "group.share.record.lock.duration.ms",
    text: "How long a member of a share group may hold a record, ms",
  },
  {
    name: "share.renew.acknowledge.enable",
    type: "boolean",
    default: "true",
    text: "Whether members of a share group may ask for more time for a record (KIP-1222)",
  },
  {
    name: "share.session.timeout.ms",
    type: "int",
    default: "45000",
    min: 1,
    synonym: "group.share.session.timeout.ms",
    text: "Session timeout of the share group's members (KIP-932), ms; longer than the heartbeat interval",
  },
];

/** By name. */
export const GROUP_CONFIGS = tableOf(ROWS);

/** What is wrong with a group's values taken together; undefined when nothing is. */
export function groupProblem(numberOf: (name: string) => number): string | undefined {
  for (const kind of ["consumer", "share"]) {
    const [heartbeat, session] = [`${kind}.heartbeat.interval.ms`, `${kind}.session.timeout.ms`];
    if (numberOf(session) > numberOf(heartbeat)) continue;
    return `${session} is ${numberOf(session)}, must be more than ${heartbeat}, which is ${numberOf(heartbeat)}`;
  }
  return undefined;
}
