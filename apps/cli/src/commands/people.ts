import { styleText } from "node:util";

import type { CallInput, CallOutput, Routes } from "@kaelix/contract";

import { type CommonOptions, connected, type Connection } from "../connection.ts";
import { CommandFailure, EXIT } from "../exit.ts";
import { memoriesText, printJson, printTable, say } from "../output.ts";
import { whileReading } from "../reading-people.ts";

type Person = CallOutput<Routes["people.list"]>["data"][number];
type Page = CallOutput<Routes["people.read"]>;
type Evidence = Page["mentions"][number];
type Wish = NonNullable<CallInput<Routes["people.decide"]>["body"]>;

/** Options of `people list`. */
export interface PeopleListOptions extends CommonOptions {
  readonly unsure?: boolean;
}

/** `kaelix people list [WORDS]`: people, the most spoken of first. */
export function listPeople(words: readonly string[], options: PeopleListOptions): Promise<number> {
  return connected(options, async ({ client }) => {
    const query = words.length === 0 ? {} : { query: words.join(" ") };
    const unsure = options.unsure === true ? "true" : "false";
    const asked = client.call("people.list", { query: { ...query, unsure } });
    const { data } = await whileReading(client, options, asked);
    if (options.json !== undefined) printJson(data.data, options.json);
    else {
      printTable(
        ["NAME", "ALSO", "IS", "MEMORIES", "FIRST", "LAST", "ID"],
        data.data.map((one) => [
          one.sure ? one.name : `${one.name}?`,
          one.aliases.join(", "),
          one.relation ?? "",
          String(one.memories),
          dayOf(one.first_at),
          dayOf(one.last_at),
          one.id,
        ]),
      );
    }
    if (data.unsure > 0 && unsure === "false")
      say(`${data.unsure} more names may be no person's; --unsure shows them`, options);
  });
}

/** `kaelix people show NAME`: what memories say of somebody. */
export function showPerson(name: string, options: CommonOptions): Promise<number> {
  return connected(options, async (connection) => {
    const { id } = await personCalled(connection, name);
    const { data } = await connection.client.call("people.read", { params: { id } });
    if (options.json === undefined) process.stdout.write(pageText(data));
    else printJson(data, options.json);
  });
}

function pageText(page: Page): string {
  const also = page.aliases.length === 0 ? "" : ` (also ${page.aliases.join(", ")})`;
  const relation = page.relation === null ? "" : `, your ${page.relation}`;
  const lines = [
    `${styleText("bold", page.name)}${also}${relation}`,
    `${memoriesText(page.memories)}, ${dayOf(page.first_at)} to ${dayOf(page.last_at)}`,
  ];
  if (page.last_contact !== null) lines.push(`last contact: ${evidenceText(page.last_contact)}`);
  for (const { evidence, since, text, until } of page.facts) {
    lines.push("", `${text} (${until === null ? `told ${since}` : `${since} to ${until}`})`);
    for (const one of evidence) lines.push(`  ${evidenceText(one)}`);
  }
  for (const { statements } of page.told_differently) {
    lines.push("", "told differently:");
    for (const { evidence, value } of statements) lines.push(`  ${value}: ${evidenceText(evidence)}`);
  }
  if (page.near.length > 0)
    lines.push("", `near: ${page.near.map(({ name, together }) => `${name} (${together})`).join(", ")}`);
  return `${lines.join("\n")}\n`;
}

function evidenceText({ at, memory_id: memory, quote, speaker }: Evidence): string {
  const who = speaker === null ? "" : `${speaker}: `;
  return `${dayOf(at)} “${who}${quote.replaceAll(/\s+/g, " ")}” ${memory}`;
}

function dayOf(at: string): string {
  return at.slice(0, 10);
}

/** `kaelix people merge NAME OTHER`: two are one person. */
export function mergePeople(name: string, other: string, options: CommonOptions): Promise<number> {
  return connected(options, async (connection) => {
    const [person, same] = [await personCalled(connection, name), await personCalled(connection, other)];
    const wish: Wish = { what: "merge", person: person.id, other: same.id };
    await decide(connection, wish, { ...options, words: `${person.name} and ${same.name} are one person` });
  });
}

/** `kaelix people split NAME WORDING`: what is called so is somebody else. */
export function splitPerson(name: string, wording: string, options: CommonOptions): Promise<number> {
  return connected(options, async (connection) => {
    const person = await personCalled(connection, name);
    const words = `“${wording}” is somebody else than ${person.name}`;
    await decide(connection, { what: "split", person: person.id, wording }, { ...options, words });
  });
}

/** `kaelix people rename NAME NEW-NAME`: what somebody is called. */
export function renamePerson(name: string, newName: string, options: CommonOptions): Promise<number> {
  return connected(options, async (connection) => {
    const person = await personCalled(connection, name);
    const words = `${person.name} is called ${newName}`;
    await decide(connection, { what: "rename", person: person.id, name: newName }, { ...options, words });
  });
}

/** `kaelix people self NAME`: who is called so is the one whose memories these are. */
export function decideSelf(name: string, options: CommonOptions): Promise<number> {
  return connected(options, async (connection) => {
    const person = await personCalled(connection, name);
    const words = `${person.name} is you, and no longer listed among people`;
    await decide(connection, { what: "self", person: person.id }, { ...options, words });
  });
}

async function decide(
  { client }: Connection,
  body: Wish,
  options: CommonOptions & { readonly words: string },
): Promise<void> {
  const { data } = await client.call("people.decide", { body });
  if (options.json === undefined) process.stdout.write(`${data.id}\n`);
  else printJson(data, options.json);
  const undone = data.outcome === "undone" ? "The merging was taken back: " : "";
  const undo = data.outcome === "undone" ? "" : `; kaelix people undo ${data.id} takes it back`;
  say(`${undone}${options.words}${undo}`, options);
}

/** `kaelix people merges`: who may be the same as whom, and what was decided. */
export function listMerges(options: CommonOptions): Promise<number> {
  return connected(options, async ({ client }) => {
    const { data } = await client.call("people.merges");
    if (options.json !== undefined) {
      printJson(data, options.json);
      return;
    }
    for (const { evidence, reason } of data.proposals) {
      process.stdout.write(`? ${reason}\n`);
      for (const one of evidence) process.stdout.write(`    ${evidenceText(one)}\n`);
    }
    printTable(
      ["DECISION", "ON", "WHAT", "WHO", "OTHER"],
      data.decisions.map((one) => [one.id, dayOf(one.at), one.what, one.person?.name ?? "-", one.other ?? "-"]),
    );
    if (data.proposals.length + data.decisions.length === 0)
      say("Nothing is proposed and nothing was decided", options);
  });
}

/** `kaelix people undo ID`: takes a decision back. */
export function undoDecision(id: string, options: CommonOptions): Promise<number> {
  return connected(options, async ({ client }) => {
    await client.call("people.undo", { params: { id } });
    if (options.json !== undefined) printJson({ id, outcome: "undone" }, options.json);
    say(`Took ${id} back`, options);
  });
}

/** Options of `graph around`. */
export interface GraphOptions extends CommonOptions {
  readonly hops: string;
  readonly nodes: string;
}

/** `kaelix graph around NAME`: what hangs together around somebody, a line a connection. */
export function graphAround(name: string, options: GraphOptions): Promise<number> {
  return connected(options, async (connection) => {
    const { id } = await personCalled(connection, name);
    const query = { hops: options.hops, nodes: options.nodes };
    const { data } = await connection.client.call("people.graph", { params: { id }, query });
    if (options.json !== undefined) {
      printJson(data, options.json);
      return;
    }
    const names = new Map(data.nodes.map((node) => [node.id, node.name]));
    printTable(
      ["FROM", "", "TO", "SINCE", "UNTIL", "MEMORIES"],
      data.edges.map((edge) => [
        names.get(edge.from) ?? edge.from,
        edge.type.replaceAll("_", " "),
        names.get(edge.to) ?? edge.to,
        edge.since,
        edge.until ?? "",
        String(edge.memory_ids.length),
      ]),
    );
    if (data.edges.length === 0) say("Nothing hangs together with them yet", options);
  });
}

/** Whom a name, another wording or an id means. @throws CommandFailure when nobody or more than one */
async function personCalled({ client }: Connection, name: string): Promise<Pick<Person, "id" | "name">> {
  if (/^per_[0-9A-HJKMNP-TV-Z]{26}$/.test(name)) return { id: name, name };
  const { data } = await client.call("people.list", { query: { query: name, unsure: "true" } });
  const wanted = name.trim().toLowerCase();
  const exact = data.data.filter((one) => [one.name, ...one.aliases].some((text) => text.toLowerCase() === wanted));
  const found = exact.length > 0 ? exact : data.data;
  const [first, second] = found;
  if (first === undefined) throw new CommandFailure(EXIT.missing, `No memory speaks of anybody called ${name}`);
  if (second === undefined) return first;
  const ids = found.slice(0, 5).map((one) => `\n  ${one.id} ${one.name}`);
  throw new CommandFailure(EXIT.conflict, `${found.length} people are called ${name}: give an id${ids.join("")}`);
}
