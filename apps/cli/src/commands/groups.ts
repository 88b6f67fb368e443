import type { Admin } from "@platformatic/kafka";

import { type BrokerOptions, withAdmin, withLog } from "../broker-connection.ts";
import { CommandFailure, EXIT } from "../exit.ts";
import { printJson, printTable, say } from "../output.ts";
import { offsetOf } from "./records.ts";

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

interface MemberState {
  readonly member: string;
  readonly client: string;
  readonly host: string;
}

interface GroupState {
  readonly state: string;
  readonly type: string;
  /** Of a group by KIP-848 they are not told. */
  readonly members: readonly MemberState[];
  readonly committed: readonly CommittedOffset[];
}

/** `kaelix groups describe GROUP`: who is in it, where it stands in each partition, and how far behind. */
export async function describeGroup(group: string, options: BrokerOptions): Promise<number> {
  const { committed, members, state, type } = await withAdmin(options, (admin) => stateOf(admin, group));
  const partitions = await withLog(options, async (log) => {
    const states: PartitionState[] = [];
    for (const { offset, partition, topic } of committed) {
      const { endOffset } = await log.bounds(topic, partition);
      states.push({ topic, partition, committed: offset, end: endOffset, lag: Math.max(0, endOffset - offset) });
    }
    return states;
  });
  const lag = partitions.reduce((sum, one) => sum + one.lag, 0);
  if (options.json !== undefined) printJson({ group, state, type, lag, members, partitions }, options.json);
  else {
    printTable(
      ["TOPIC", "PARTITION", "COMMITTED", "END", "LAG"],
      partitions.map((one) => [one.topic, ...[one.partition, one.committed, one.end, one.lag].map(String)]),
    );
    if (members.length > 0) {
      process.stdout.write("\n");
      printTable(
        ["MEMBER", "CLIENT", "HOST"],
        members.map((one) => [one.member, one.client, one.host]),
      );
    }
    say(`${group} is ${state}, and ${lag} records behind`, options);
  }
  return EXIT.ok;
}

async function stateOf(admin: Admin, group: string): Promise<GroupState> {
  const listed = (await admin.listGroups()).get(group);
  if (listed === undefined) throw new CommandFailure(EXIT.missing, `There is no group ${group}`);
  const type = listed.groupType ?? "classic";
  // It has no committed offsets: it would seem to be nowhere, and to be behind by nothing.
  if (type === "share") {
    throw new CommandFailure(EXIT.usage, `Cannot describe ${group}: it is a share group, ask kafka-share-groups.sh`);
  }
  const described = type === "classic" ? (await admin.describeGroups({ groups: [group] })).get(group) : undefined;
  const members = [...(described?.members.values() ?? [])].map(({ clientHost, clientId, id }) => ({
    member: id,
    client: clientId,
    host: clientHost,
  }));
  return { state: listed.state, type, members, committed: await offsetsOf(admin, group) };
}

/** `kaelix groups reset GROUP TOPIC --to beginning|end|OFFSET|-N|TIME`: moves an inactive group. */
export async function resetGroup(
  group: string,
  topic: string,
  options: BrokerOptions & { readonly to: string },
): Promise<number> {
  const targets = await withLog(options, async (log) => {
    const described = (await log.topics()).find(({ name }) => name === topic);
    if (described === undefined) throw new CommandFailure(EXIT.missing, `There is no topic ${topic}`);
    const moved = described.bounds.map(async (bounds, partition) => ({
      partition,
      offset: await offsetOf(log, { topic, partition, where: options.to, ...bounds }),
    }));
    return Promise.all(moved);
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

interface CommittedOffset {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

async function offsetsOf(admin: Admin, group: string): Promise<CommittedOffset[]> {
  const [found] = await admin.listConsumerGroupOffsets({ groups: [group] });
  const offsets = (found?.topics ?? []).flatMap(({ name, partitions }) =>
    partitions.map(({ committedOffset, partitionIndex }) => ({
      topic: name,
      partition: partitionIndex,
      offset: Number(committedOffset),
    })),
  );
  return offsets.filter(({ offset }) => offset >= 0);
}
