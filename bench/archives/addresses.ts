import { type Interface, objectOf } from "../proofs/openapi.ts";

const NAME_PATTERN = /(^|_)(url|uri|href|link|webhook|endpoint|callback|host|address|avatar|origin)s?$/;

/** Fields whose address is called through `postSafely` alone, which `spellings.ts` attacks; and those of mailboxes, which are no addresses to call. */
const GUARDED = new Set([
  "digestSettings.write.webhook",
  "digestSettings.write.webhook.url",
  "digestSettings.addDevice.endpoint",
  "digestSettings.write.mail.address",
  "email.begin.address",
]);

/** Fields of requests that take an address which the house might call, but for those whose calls are guarded: there are to be none. */
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
  return [...found].filter((place) => !GUARDED.has(place));
}

function walkAll(value: unknown, place: string, walk: (value: unknown, place: string) => void): void {
  for (const one of Array.isArray(value) ? value : value === undefined ? [] : [value]) walk(one, place);
}
