import type { CallOutput, Client, Routes } from "@kaelix/contract";

import { type CommonOptions, connected } from "../connection.ts";
import { CommandFailure, EXIT } from "../exit.ts";
import { printJson, printTable, say } from "../output.ts";
import { narrowedBy, printFound, type RecallOptions } from "./memories.ts";
import { openUp } from "./unlock.ts";

type Saved = CallOutput<Routes["savedSearches.list"]>["data"][number];

/** `kaelix searches list`: searches that were named. */
export function listSearches(options: CommonOptions): Promise<number> {
  return connected(options, async ({ client }) => {
    const { data } = (await client.call("savedSearches.list")).data;
    if (options.json !== undefined) printJson(data, options.json);
    else if (data.length === 0) say("No search is named: kaelix searches save NAME QUERY", options);
    else {
      const rows = data.map(({ id, name, search: { as_of, filter = {}, query } }) => {
        const narrowed = as_of === undefined ? filter : { ...filter, as_of };
        return [name, query, JSON.stringify(narrowed), id];
      });
      printTable(["NAME", "WORDS", "FILTER", "ID"], rows);
    }
  });
}

/** `kaelix searches save NAME QUERY`: names a search. */
export function saveSearch(name: string, words: readonly string[], options: RecallOptions): Promise<number> {
  return connected(options, async (connection) => {
    await openUp(connection, options.open);
    const search = { query: words.join(" "), ...narrowedBy(options) };
    const { data } = await connection.client.call("savedSearches.save", { body: { name, search } });
    if (options.json === undefined) process.stdout.write(`${data.id}\n`);
    else printJson(data, options.json);
    say(`kaelix searches run ${JSON.stringify(name)} searches again`, options);
  });
}

/** Options of `searches run`. */
export interface RunOptions extends CommonOptions {
  readonly limit?: string;
}

/** `kaelix searches run NAME`: searches again. */
export function runSearch(name: string, options: RunOptions): Promise<number> {
  return connected(options, async ({ client }) => {
    const { search } = await called(client, name);
    const { data } = await client.call("searches.run", { body: { ...search, limit: Number(options.limit ?? "20") } });
    printFound(data, options);
  });
}

/** `kaelix searches rename NAME NEW`: calls it something else. */
export function renameSearch(name: string, next: string, options: CommonOptions): Promise<number> {
  return connected(options, async ({ client }) => {
    const { id } = await called(client, name);
    const { data } = await client.call("savedSearches.rename", { params: { id }, body: { name: next } });
    if (options.json !== undefined) printJson(data, options.json);
    say(`${name} is called ${data.name} now`, options);
  });
}

/** `kaelix searches remove NAME`: forgets the name. */
export function removeSearch(name: string, options: CommonOptions): Promise<number> {
  return connected(options, async ({ client }) => {
    const { id } = await called(client, name);
    await client.call("savedSearches.remove", { params: { id } });
    if (options.json !== undefined) printJson({ id, name }, options.json);
    say(`${name} is forgotten; what it found stays`, options);
  });
}

/** The search of a name or an id. @throws CommandFailure when there is none */
async function called(client: Client, name: string): Promise<Saved> {
  const { data } = (await client.call("savedSearches.list")).data;
  const found = data.find((one) => one.name === name || one.id === name);
  if (found === undefined) throw new CommandFailure(EXIT.missing, `No search is called ${name}: kaelix searches list`);
  return found;
}
