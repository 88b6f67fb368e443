import { expect, test } from "vitest";

import { parseKafkaSources } from "./source-spec.ts";

const least = { name: "s", url: "kafka://127.0.0.1:9092", topics: ["t"], fields: { text: "body" } };

function parse(...sources: readonly unknown[]): ReturnType<typeof parseKafkaSources> {
  return parseKafkaSources(JSON.stringify({ sources }));
}

test("parseKafkaSources fills in what is not said", () => {
  expect(parse(least)).toEqual({
    type: "sources",
    sources: [
      {
        name: "s",
        place: { brokers: [{ host: "127.0.0.1", port: 9092 }], prefix: "kaelix." },
        topics: ["t"],
        group: "kaelix-s",
        from: "earliest",
        mapping: { value: "json", text: { type: "value", names: ["body"] } },
      },
    ],
  });
});

test("parseKafkaSources reads every field", () => {
  const fields = { text: "a.b.0", author: ["with.dot"], time: "$header.at", external_id: "$key", person: "p" };
  const source = { ...least, group: "g", from: "latest", level: "secret", owner: `usr_${"0".repeat(26)}`, fields };
  expect(parse(source)).toMatchObject({
    sources: [
      {
        group: "g",
        from: "latest",
        level: 3,
        owner: source.owner,
        mapping: {
          text: { type: "value", names: ["a", "b", "0"] },
          author: { type: "value", names: ["with.dot"] },
          time: { type: "header", name: "at" },
          externalId: { type: "key" },
          person: { type: "value", names: ["p"] },
        },
      },
    ],
  });
  expect(parse({ ...least, value: "text", fields: { author: "$key" } })).toMatchObject({ type: "sources" });
});

test.each([
  [{ ...least, name: "a b" }, "sources[0].name"],
  [{ ...least, url: "http://x" }, "sources[0].url must be kafka://"],
  [{ ...least, topics: [] }, "sources[0].topics"],
  [{ ...least, topics: ["a b"] }, "sources[0].topics"],
  [{ ...least, from: "now" }, "sources[0].from"],
  [{ ...least, owner: "ann" }, "sources[0].owner"],
  [{ ...least, level: 9 }, "sources[0].level"],
  [{ ...least, value: "avro" }, "sources[0].value"],
  [{ ...least, fields: {} }, "sources[0].fields.text must say"],
  [{ ...least, fields: { text: "a..b" } }, "sources[0].fields.text"],
  [{ ...least, fields: { text: "$offset" } }, "sources[0].fields.text"],
  [{ ...least, fields: { text: "a", colour: "b" } }, "unknown field colour"],
  [{ ...least, feilds: {} }, "unknown field feilds"],
  [{ ...least, value: "text" }, "sources[0].fields.text"],
  [{ ...least, value: "text", fields: { author: "who" } }, "sources[0].fields.author"],
  ["x", "sources[0] must be an object"],
])("parseKafkaSources says where %j is wrong", (source, place) => {
  expect(parse(source)).toMatchObject({ type: "invalid", why: expect.stringContaining(place) });
});

test("parseKafkaSources refuses what is no document and two sources that would take each other's records", () => {
  for (const text of ["", "[]", "{}", '{"sources":1}', '{"sources":[],"x":1}']) {
    expect(parseKafkaSources(text)).toMatchObject({ type: "invalid" });
  }
  expect(parse(least, least)).toMatchObject({ type: "invalid", why: expect.stringContaining("name s") });
  expect(parse(least, { ...least, name: "r", group: "kaelix-s" })).toMatchObject({
    type: "invalid",
    why: expect.stringContaining("group kaelix-s"),
  });
});

test("parseKafkaSources never repeats a password", () => {
  expect(JSON.stringify(parse({ ...least, url: "kafka://ann:hunter2@x:99999" }))).not.toContain("hunter2");
});
