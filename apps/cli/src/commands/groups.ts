import type { Admin } from "@platformatic/kafka";

import { membersOf, type MemberState, moveShareGroup, shareGroupStarts } from "../assigned-groups.ts";
import { type BrokerOptions, withAdmin, withLog } from "../broker-connection.ts";
import { withCoordinator } from "../coordinator-connection.ts";
import { CommandFailure, EXIT } from "../exit.ts";
import { printJson, printTable, say } from "../output.ts";
import { offsetOf } from "./records.ts";

/** `kaelix groups list`. */
export async function listGroups(options: BrokerOptions): Promise<number> {
  const groups = await withAdmin(options, groupsOf);
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

/** Groups of every kind, by id: without a filter the client asks for classic ones alone. */
function groupsOf(admin: Admin): ReturnType<Admin["listGroups"]> {
  return admin.listGroups({ types: [] });
}

interface PartitionState {
  readonly topic: string;
  readonly partition: number;
  readonly committed: number;
  readonly end: number;
  readonly lag: number;
}

/** `kaelix groups describe GROUP`: who is in it, where it stands in each partition, and how far behind. */
export async function describeGroup(group: string, options: BrokerOptions): Promise<number> {
  const { state, type } = await withAdmin(options, (admin) => listedGroup(admin, group));
  return type === "share"
    ? describeShareGroup({ group, state }, options)
    : describeConsumerGroup({ group, state, type }, options);
}

interface ListedGroup {
  readonly state: string;
  readonly type: string;
}

async function listedGroup(admin: Admin, group: string): Promise<ListedGroup> {
  const listed = (await groupsOf(admin)).get(group);
  if (listed === undefined) throw new CommandFailure(EXIT.missing, `There is no group ${group}`);
  return { state: listed.state, type: listed.groupType ?? "classic" };
}

async function describeConsumerGroup(
  { group, state, type }: ListedGroup & { readonly group: string },
  options: BrokerOptions,
): Promise<number> {
  const members =
    type === "consumer"
      ? await withCoordinator(options, group, (ask) => membersOf(ask, group, "consumer"))
      : await withAdmin(options, (admin) => classicMembers(admin, group));
  const committed = await withAdmin(options, (admin) => offsetsOf(admin, group));
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
    printMembers(members);
    say(`${group} is ${state}, and ${lag} records behind`, options);
  }
  return EXIT.ok;
}

async function describeShareGroup(
  { group, state }: { readonly group: string; readonly state: string },
  options: BrokerOptions,
): Promise<number> {
  const { members, partitions } = await withCoordinator(options, group, async (ask) => ({
    members: await membersOf(ask, group, "share"),
    partitions: await shareGroupStarts(ask, group),
  }));
  const lag = partitions.reduce<number | null>(
    (sum, one) => (sum === null || one.lag === null ? null : sum + one.lag),
    0,
  );
  if (options.json !== undefined) printJson({ group, state, type: "share", lag, members, partitions }, options.json);
  else {
    printTable(
      ["TOPIC", "PARTITION", "START", "LAG"],
      partitions.map((one) => [one.topic, String(one.partition), String(one.start ?? "-"), String(one.lag ?? "-")]),
    );
    printMembers(members);
    say(
      `${group} is ${state}${lag === null ? "; how far behind is not told" : `, and ${lag} records behind`}`,
      options,
    );
  }
  return EXIT.ok;
}

function printMembers(members: readonly MemberState[]): void {
  if (members.length === 0) return;
  process.stdout.write("\n");
  printTable(
    ["MEMBER", "CLIENT", "HOST", "ASSIGNED"],
    members.map(({ assigned, client, host, member }) => {
      const topics = assigned.map(({ partitions, topic }) => `${topic}:${partitions.join()}`);
      return [member, client, host, topics.join(" ")];
    }),
  );
}

async function classicMembers(admin: Admin, group: string): Promise<readonly MemberState[]> {
  const described = (await admin.describeGroups({ groups: [group] })).get(group);
  return [...(described?.members.values() ?? [])].map(({ assignments, clientHost, clientId, id }) => ({
    member: id,
    client: clientId,
    host: clientHost,
    assigned: [...(assignments?.values() ?? [])],
  }));
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
  const type = await withAdmin(options, async (admin) => (await groupsOf(admin)).get(group)?.groupType);
  if (type === "share") await withCoordinator(options, group, (ask) => moveShareGroup(ask, { group, topic, targets }));
  else {
    const partitionOffsets = targets.map(({ offset, partition }) => ({ partition, offset: BigInt(offset) }));
    await withAdmin(options, (admin) =>
      admin.alterConsumerGroupOffsets({ groupId: group, topics: [{ name: topic, partitionOffsets }] }),
    );
  }
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
