/**
 * Twins: two people who were told the same things up to a level; one of them has, all between, things above it as well. Whoever is not
 * open to that level must not be able to tell the twins apart.
 */
import { seededRandom } from "@kaelix/base";

import { type Door, type Heard, jsonOf } from "../proofs/door.ts";
import { fieldOf, type Person } from "../proofs/product.ts";

/** Stands in everything above the level and nowhere else. */
export const HIDDEN_WORD = "zweckquarrel";

/** Two people of whom the first has more. */
export interface Twins {
  /** Level up to which they are the same. */
  readonly ceiling: number;
  readonly full: Person;
  readonly bare: Person;
  /** Ids of what only the first has. */
  readonly hidden: readonly string[];
  /** As they were told. */
  readonly told: readonly Readonly<Record<string, unknown>>[];
}

const WORDS =
  "harbour ferry walnut bicycle kitchen piano garden letter window market train winter doctor umbrella".split(" ");
const HIDDEN_TEXTS = [
  "The ferry to the harbour and the walnut kitchen",
  "Der Hafen und die Fähre liegen hinter dem alten Bahnhof, und niemand weiß davon",
  "Le bateau part du port demain matin avec le piano",
  "Where does the doctor keep the umbrella? Beside the piano in the garden",
  "yesterday the train window broke near the market",
];

/** Tells both the same, and the first what is above `ceiling` in between. */
export async function raiseTwins(
  door: Door,
  people: readonly [Person, Person],
  { ceiling, memories, seed }: { readonly ceiling: number; readonly memories: number; readonly seed: number },
): Promise<Twins> {
  const [full, bare] = people;
  const tokens = [await full.signIn(), await bare.signIn()] as const;
  const random = seededRandom(seed);
  const hidden: string[] = [];
  const told: Readonly<Record<string, unknown>>[] = [];
  const word = (): string => WORDS[random.integer(WORDS.length)] ?? "";
  for (let at = 0; at < memories; at++) {
    const body = {
      text: `${word()} and ${word()} with the ${word()} number ${at % 7}`,
      level: 1 + random.integer(ceiling),
      speaker: ["Ann", "Bob", "Carla"][random.integer(3)],
      conversation: { key: `talk ${at % 4}`, title: `Talk ${at % 4}` },
      occurred_at: new Date(Date.UTC(2024, at % 12, 1 + (at % 27), 9)).toISOString(),
      external_id: `visible-${at}`,
    };
    for (const token of tokens) await tell(door, token, body);
    if (at % 2 !== 0) continue;
    const text = `${HIDDEN_TEXTS[random.integer(HIDDEN_TEXTS.length)] ?? ""} ${HIDDEN_WORD}${at} ${word()}`;
    const secret = {
      text,
      level: ceiling + 1 + random.integer(4 - ceiling),
      speaker: ["Ann", "Dora Verborgen"][random.integer(2)],
      conversation:
        random.integer(2) === 0
          ? { key: `talk ${at % 4}`, title: `Secret title ${HIDDEN_WORD}` }
          : { key: `secret ${at % 3}`, title: `Secret ${HIDDEN_WORD}` },
      occurred_at: new Date(Date.UTC(2025, at % 12, 2, 9)).toISOString(),
      external_id: `hidden-${at}`,
    };
    const answer = await tell(door, tokens[0], secret);
    hidden.push(fieldOf(answer, "memory", "id"));
    told.push(secret);
  }
  return { ceiling, full, bare, hidden, told };
}

async function tell(door: Door, token: string, body: Readonly<Record<string, unknown>>): Promise<Heard> {
  const heard = await door.ask({
    method: "POST",
    path: "/api/v1/memories",
    headers: {
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      prefer: "wait=10, kaelix-until=indexed",
    },
    body: JSON.stringify(body),
  });
  if (heard.status !== 201) throw new Error(`Not told: ${heard.status} ${heard.text}`);
  return heard;
}

const VOLATILE = new Set([
  "trace_id",
  "took_ms",
  "recorded_at",
  "started_at",
  "last_used_at",
  "created_at",
  "used_at",
  "made_at",
]);

/** An answer without what differs between any two people: ids by order, times of recording, places on the log, cursors. */
export function comparable(heard: Heard, own: readonly string[]): string {
  const names = new Map<string, string>();
  const nameOf = (id: string): string => {
    if (!names.has(id)) names.set(id, `${id.slice(0, 3)}#${names.size}`);
    return names.get(id) ?? "";
  };
  const clean = (text: string): string =>
    own
      .reduce((left, word) => left.replaceAll(word, "<own>"), text)
      .replaceAll(/\b[a-z]{3}_[0-7][0-9A-HJKMNP-TV-Z]{25}\b/g, nameOf)
      .replaceAll(/\bmemories\/\d+[@/]\d+/g, "<position>")
      .replaceAll(/cursor=[\w-]+/g, "cursor=<cursor>");
  const walk = (name: string, value: unknown): unknown => {
    // Conversations of equal count stand by id.
    if (name === "conversation" && Array.isArray(value))
      return value.map((one) => JSON.stringify({ ...one, value: null })).sort();
    if (VOLATILE.has(name)) return null;
    if ((name === "next" || name === "prev") && typeof value === "string") return "<cursor>";
    return typeof value === "string" ? clean(value) : value;
  };
  const lines = heard.text.split("\n").map((line) => {
    const json = jsonOf({ ...heard, text: line });
    return json === undefined ? clean(line) : JSON.stringify(json, (name, value: unknown) => walk(name, value));
  });
  const {
    date: _date,
    "kaelix-trace-id": _trace,
    "kaelix-position": _position,
    etag: _etag,
    "content-length": _length,
    ...headers
  } = heard.headers;
  return `${heard.status} ${clean(JSON.stringify(headers))} ${lines.join("\n")}`;
}
