import type { Admin } from "@platformatic/kafka";

import { type BrokerOptions, withAdmin, withLog } from "../broker-connection.ts";
import { CommandFailure, EXIT } from "../exit.ts";
import { printJson, printTable, say } from "../output.ts";

/** `kaelix groups list`. */
export async function listGroups(options: BrokerOptions): Promise<number> {
  const groups = await withAdmin(options, (admin) => admin.listGroups());
  const rows = [...groups.values()].map(({ groupType, id, state }) => ({
    group: id,
    state,
    type: groupType ?? "classic",
  }));
  if (options.json !== undefined) printJson(rows, options.json);
  else if (rows.length === 0) say("There are no groups", options);
  else
    printTable(
      ["GROUP", "STATE", "TYPE"],
      rows.map((row) => [row.group, row.state, row.type]),
    );
  return EXIT.ok;
}

interface PartitionState {
  readonly topic: string;
  readonly partition: number;
  readonly committed: number;
  readonly end: number;
  readonly lag: number;
}

/** `kaelix groups describe GROUP`: where it stands in each partition, and how far behind. */
export async function describeGroup(group: string, options: BrokerOptions): Promise<number> {
  const committed = await withAdmin(options, (admin) => offsetsOf(admin, group));
  const partitions = await withLog(options, async (log) => {
    const states: PartitionState[] = [];
    for (const { offset, partition, topic } of committed) {
      const { endOffset } = await log.bounds(topic, partition);
      states.push({ topic, partition, committed: offset, end: endOffset, lag: Math.max(0, endOffset - offset) });
    }
    return states;
  });
  const lag = partitions.reduce((sum, state) => sum + state.lag, 0);
  if (options.json !== undefined) printJson({ group, lag, partitions }, options.json);
  else {
    printTable(
      ["TOPIC", "PARTITION", "COMMITTED", "END", "LAG"],
      partitions.map((state) => [state.topic, ...[state.partition, state.committed, state.end, state.lag].map(String)]),
    );
    say(`${group} is ${lag} records behind`, options);
  }
  return EXIT.ok;
}

/** `kaelix groups reset GROUP TOPIC --to beginning|end|OFFSET`: moves an inactive group. */
export async function resetGroup(
  group: string,
  topic: string,
  options: BrokerOptions & { readonly to: string },
): Promise<number> {
  const targets = await withLog(options, async (log) => {
    const described = (await log.topics()).find(({ name }) => name === topic);
    if (described === undefined) throw new CommandFailure(EXIT.missing, `There is no topic ${topic}`);
    return described.bounds.map((bounds, partition) => ({ partition, offset: targetOf(options.to, bounds) }));
  });
  const partitionOffsets = targets.map(({ offset, partition }) => ({ partition, offset: BigInt(offset) }));
  await withAdmin(options, (admin) =>
    admin.alterConsumerGroupOffsets({ groupId: group, topics: [{ name: topic, partitionOffsets }] }),
  );
  if (options.json !== undefined) printJson({ group, topic, partitions: targets }, options.json);
  else say(`${group} goes on in ${topic} at ${targets.map(({ offset }) => offset).join(", ")}`, options);
  return EXIT.ok;
}

/** `kaelix groups delete GROUP`. */
export async function deleteGroup(group: string, options: BrokerOptions): Promise<number> {
  await withAdmin(options, (admin) => admin.deleteGroups({ groups: [group] }));
  say(`Deleted ${group}`, options);
  return EXIT.ok;
}

function targetOf(to: string, bounds: { readonly startOffset: number; readonly endOffset: number }): number {
  if (to === "beginning") return bounds.startOffset;
  if (to === "end") return bounds.endOffset;
  if (/^\d+$/.test(to)) return Math.min(Math.max(Number(to), bounds.startOffset), bounds.endOffset);
  throw new CommandFailure(EXIT.usage, "Cannot use --to: must be beginning, end or an offset");
}

async function offsetsOf(
  admin: Admin,
  group: string,
): Promise<{ readonly topic: string; readonly partition: number; readonly offset: number }[]> {
  const [found] = await admin.listConsumerGroupOffsets({ groups: [group] });
  const offsets = (found?.topics ?? []).flatMap(({ name, partitions }) =>
    partitions.map(({ committedOffset, partitionIndex }) => ({
      topic: name,
      partition: partitionIndex,
      offset: Number(committedOffset),
    })),
  );
  const known = offsets.filter(({ offset }) => offset >= 0);
  if (known.length === 0)
    throw new CommandFailure(EXIT.missing, `${group} has committed nothing, or there is no such group`);
  return known;
}
