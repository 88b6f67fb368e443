/** A search as an address holds it, so that it can be linked, gone back to and reloaded. */
import { SOURCE_KINDS } from "@kaelix/model";

import { asOfIn, timeIn } from "./as-of.ts";
import { LEVEL_WORDS } from "./levels.ts";
import { monthRange } from "./format.ts";

/** Filters that an address may name. */
export const FILTER_NAMES = [
  "person",
  "source",
  "level",
  "month",
  "after",
  "before",
  "as_of",
  "conversation",
  "import",
  "owner",
] as const;
/** The name of a filter. */
export type FilterName = (typeof FILTER_NAMES)[number];

/** The filter of an address in the words of the API. Values that mean nothing are left out. */
export function filterOf(parameters: URLSearchParams) {
  const person = parameters.get("person");
  const source = SOURCE_KINDS.find((name) => name === parameters.get("source"));
  const level = LEVEL_WORDS.find(({ name }) => name === parameters.get("level"))?.name;
  const [after, before] = [timeIn(parameters.get("after")), timeIn(parameters.get("before"))];
  const range = monthRange(parameters.get("month") ?? "") ?? {
    ...(after === undefined ? {} : { after }),
    ...(before === undefined ? {} : { before }),
  };
  const conversation = parameters.get("conversation");
  const from = parameters.get("import");
  const owner = parameters.get("owner");
  return {
    ...(person === null ? {} : { person }),
    ...(source === undefined ? {} : { source }),
    ...(level === undefined ? {} : { level }),
    ...range,
    ...(conversation === null ? {} : { conversation }),
    ...(from === null ? {} : { import: from }),
    ...(owner === null ? {} : { owner }),
  };
}

/** The search of an address in the words of the API. */
export function searchOf(parameters: URLSearchParams) {
  const asOf = asOfIn(parameters.get("as_of"));
  return {
    query: parameters.get("q") ?? "",
    filter: filterOf(parameters),
    ...(asOf === undefined ? {} : { as_of: asOf }),
  };
}

/** Whether an address names nothing to search for. */
export function isIdle(parameters: URLSearchParams): boolean {
  const { as_of, filter, query } = searchOf(parameters);
  return query.trim() === "" && Object.keys(filter).length === 0 && as_of === undefined;
}

interface KeptSearch {
  readonly query: string;
  readonly filter?: Readonly<Record<string, unknown>> | undefined;
  readonly as_of?: string | undefined;
}

/** A search as it was kept → the parameters of its address, which searches for just that; the same search gives the same text. */
export function addressOf({ as_of, filter = {}, query }: KeptSearch): string {
  const parameters = new URLSearchParams(query.trim() === "" ? {} : { q: query });
  const month = monthOf(filter);
  if (month !== undefined) parameters.set("month", month);
  for (const name of FILTER_NAMES) {
    const value = name === "month" || (isTime(name) && month !== undefined) ? undefined : filter[name];
    if (typeof value === "string") parameters.set(name, (isTime(name) ? timeIn(value) : undefined) ?? value);
    const level = name === "level" && typeof value === "number" ? LEVEL_WORDS[value - 1] : undefined;
    if (level !== undefined) parameters.set(name, level.name);
  }
  if (as_of !== undefined) parameters.set("as_of", as_of);
  return parameters.toString();
}

function isTime(name: FilterName): boolean {
  return name === "after" || name === "before";
}

/** The month that a range of time is, when it is one. */
function monthOf({ after, before }: Readonly<Record<string, unknown>>): string | undefined {
  if (typeof after !== "string" || typeof before !== "string") return undefined;
  const month = timeIn(after)?.slice(0, 7) ?? "";
  const range = monthRange(month);
  return range !== undefined && range.after === timeIn(after) && range.before === timeIn(before) ? month : undefined;
}

/** The address parameters with a filter set, or taken away when it was set to just that. */
export function toggleFilter(parameters: URLSearchParams, name: FilterName, value: string): URLSearchParams {
  const next = new URLSearchParams(parameters);
  if (next.get(name) === value) next.delete(name);
  else next.set(name, value);
  return next;
}

/** The address parameters without any filter. */
export function withoutFilters(parameters: URLSearchParams): URLSearchParams {
  const next = new URLSearchParams(parameters);
  for (const name of FILTER_NAMES) next.delete(name);
  return next;
}
