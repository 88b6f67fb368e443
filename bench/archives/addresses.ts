import { type Interface, objectOf } from "../proofs/openapi.ts";

const NAME_PATTERN = /(^|_)(url|uri|href|link|webhook|endpoint|callback|host|address|avatar|origin)s?$/;

/** Fields of requests that take an address which the house might call. Today there is none: then nobody can make it call. */
export function addressesIn({ components, operations }: Interface): readonly string[] {
  const found = new Set<string>();
  const walk = (value: unknown, place: string): void => {
    const schema = objectOf(value);
    if (/^(uri|url|hostname|ipv4|ipv6)$/.test(String(schema["format"]))) found.add(place);
    if (typeof schema["$ref"] === "string") walk(components[schema["$ref"].split("/").at(-1) ?? ""], place);
    for (const [name, field] of Object.entries(objectOf(schema["properties"]))) {
      if (NAME_PATTERN.test(name)) found.add(`${place}.${name}`);
      walk(field, `${place}.${name}`);
    }
    walkAll(schema["items"], place, walk);
    for (const kind of ["anyOf", "oneOf", "allOf"]) walkAll(schema[kind], place, walk);
  };
  for (const { body, name, parameters } of operations) {
    if (body !== undefined) walk(body, name);
    for (const one of parameters) if (one.in !== "header") walk({ properties: { [one.name]: one.schema } }, name);
  }
  return [...found];
}

function walkAll(value: unknown, place: string, walk: (value: unknown, place: string) => void): void {
  for (const one of Array.isArray(value) ? value : value === undefined ? [] : [value]) walk(one, place);
}
