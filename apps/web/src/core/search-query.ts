/** A search as an address holds it, so that it can be linked, gone back to and reloaded. */
import { SOURCE_KINDS } from "@kaelix/model";

import { LEVEL_WORDS } from "./levels.ts";
import { monthRange } from "./format.ts";

/** Filters that an address may name. */
export const FILTER_NAMES = ["person", "source", "level", "month", "conversation", "import", "owner"] as const;
/** The name of a filter. */
export type FilterName = (typeof FILTER_NAMES)[number];

/** The filter of an address in the words of the API. Values that mean nothing are left out. */
export function filterOf(parameters: URLSearchParams) {
  const person = parameters.get("person");
  const source = SOURCE_KINDS.find((name) => name === parameters.get("source"));
  const level = LEVEL_WORDS.find(({ name }) => name === parameters.get("level"))?.name;
  const range = monthRange(parameters.get("month") ?? "");
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

/** A search as it was kept → the parameters of its address. A range of time comes back as the month it was made of. */
export function parametersOf({
  filter = {},
  query,
}: {
  readonly query: string;
  readonly filter?: Readonly<Record<string, unknown>> | undefined;
}): URLSearchParams {
  const parameters = new URLSearchParams(query === "" ? {} : { q: query });
  for (const name of FILTER_NAMES) {
    const value = name === "month" ? filter["after"] : filter[name];
    if (typeof value === "string") parameters.set(name, name === "month" ? value.slice(0, 7) : value);
    const level = name === "level" && typeof value === "number" ? LEVEL_WORDS[value - 1] : undefined;
    if (level !== undefined) parameters.set(name, level.name);
  }
  return parameters;
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
