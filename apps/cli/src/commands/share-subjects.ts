/** What of a share is named by words: a person, a topic, a conversation. Whatever may be meant twice is asked about, or refused with ids. */
import type { CallOutput, Client, Routes } from "@kaelix/contract";

import { CommandFailure, EXIT } from "../exit.ts";
import { askChoice, askText, canAsk } from "../prompt.ts";
import { memoriesText } from "../output.ts";

/** Somebody or something that memories name. */
export type Subject = CallOutput<Routes["grants.subjects"]>["data"][number];

interface Named {
  readonly id: string;
  readonly words: string;
}

const CONVERSATIONS_PAGE = 200;
const CHOICES_MAX = 10;

/** Whom or what a name means. @throws CommandFailure when nothing, or more than one and nobody can be asked */
export async function subjectCalled(client: Client, name: string, only: "people" | "topics"): Promise<Subject> {
  const isId = /^(?:per|ent)_[0-9A-HJKMNP-TV-Z]{26}$/.test(name);
  const query = { query: isId ? "" : name, only, limit: 50 };
  const { data } = (await client.call("grants.subjects", { query })).data;
  const wanted = name.trim().toLowerCase();
  const exact = data.filter((one) => one.id === name || [one.name, ...one.aliases].some((text) => same(text, wanted)));
  // The beginning of a word finds, and is not enough to share by.
  const whole = data.filter(({ name: called, aliases, relation }) =>
    [called, relation ?? "", ...aliases].some((text) =>
      splitWords(wanted).every((word) => splitWords(text).includes(word)),
    ),
  );
  const found = exact.length > 0 || isId ? exact : whole;
  if (found.length === 0) {
    const near = data.slice(0, CHOICES_MAX).map((one) => `\n  ${one.id} ${wordsOf(one)}`);
    const hint = near.length === 0 ? "" : `; there are${near.join("")}`;
    const kind = only === "people" ? "anybody" : "anything";
    throw new CommandFailure(EXIT.missing, `No memory up to Confidential names ${kind} called ${name}${hint}`);
  }
  const id = await oneOf(
    name,
    found.map((one) => ({ id: one.id, words: wordsOf(one) })),
  );
  return found.find((one) => one.id === id) ?? missing(name);
}

/** The conversation that an id or a title means, of one's own. @throws CommandFailure as `subjectCalled` does */
export async function conversationCalled(client: Client, name: string): Promise<string> {
  if (/^con_[0-9A-HJKMNP-TV-Z]{26}$/.test(name)) return name;
  const wanted = name.trim().toLowerCase();
  const [exact, near]: [Named[], Named[]] = [[], []];
  let cursor: string | undefined;
  do {
    const query = { limit: CONVERSATIONS_PAGE, owner: "me", ...(cursor === undefined ? {} : { cursor }) } as const;
    const { data, page } = (await client.call("conversations.list", { query })).data;
    for (const { id, title, memories, last_at: lastAt } of data) {
      if (title === null) continue;
      const one = { id, words: `${title}, ${memoriesText(memories)}, last on ${lastAt.slice(0, 10)}` };
      if (same(title, wanted)) exact.push(one);
      else if (title.toLowerCase().includes(wanted)) near.push(one);
    }
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  const found = exact.length > 0 ? exact : near;
  if (found.length === 0) throw new CommandFailure(EXIT.missing, `No conversation of yours is called ${name}`);
  return oneOf(name, found);
}

/** Says what would be shared, and goes on when it is meant. @throws CommandFailure when it is not, or nobody can be asked */
export async function agreeTo(words: string, isMeant: boolean): Promise<void> {
  process.stderr.write(`${words}\n`);
  if (isMeant) return;
  if (!canAsk()) throw new CommandFailure(EXIT.usage, "Cannot ask whether that is meant here: --yes says so");
  const answer = await askText("Share it? Type yes");
  if (answer.trim().toLowerCase() !== "yes") throw new CommandFailure(EXIT.usage, "Cancelled, nothing was shared");
}

/** What a share about somebody or something opens, in plain words. */
export function opensWords(
  { kind, name, memories }: Subject,
  { to, level }: { readonly to: string; readonly level: "general" | "confidential" },
): string {
  const said = kind === "person" ? `names ${name}, or that ${name} said` : `names ${name}`;
  const up = level === "general" ? "General" : "Confidential";
  return [
    `${to} will see every memory of yours that ${said}, now and later, up to ${up}: now ${memoriesText(memories[level])}.`,
    "They are shared whole, also what they say of others. Whom you later make one with them is shared too; what you forget is gone.",
  ].join("\n");
}

async function oneOf(name: string, found: readonly Named[]): Promise<string> {
  const [first, second] = found;
  if (first !== undefined && second === undefined) return first.id;
  const shown = found.slice(0, CHOICES_MAX);
  if (canAsk()) {
    const choices = shown.map(({ id, words }) => ({ value: id, label: words }));
    return askChoice(`${found.length} are called ${name}. Which one?`, choices, null);
  }
  const lines = shown.map(({ id, words }) => `\n  ${id} ${words}`).join("");
  throw new CommandFailure(EXIT.conflict, `${found.length} are called ${name}: give an id${lines}`);
}

function wordsOf({ name, aliases, kind, relation, memories }: Subject): string {
  const also = aliases.length === 0 ? "" : ` (also ${aliases.slice(0, 3).join(", ")})`;
  return `${name}${also}, ${relation === null ? kind : `your ${relation}`}, ${memoriesText(memories.confidential)}`;
}

function missing(name: string): never {
  throw new CommandFailure(EXIT.missing, `Nothing is called ${name}`);
}

function splitWords(text: string): string[] {
  return text.toLowerCase().split(/[^\p{L}\p{N}]+/u);
}

function same(text: string, wanted: string): boolean {
  return text.toLowerCase() === wanted;
}
