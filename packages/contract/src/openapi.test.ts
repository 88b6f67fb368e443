import { expect, test } from "vitest";
import { z } from "zod";

import { printOpenApi } from "./openapi.ts";
import type { Route } from "./route.ts";
import { routes } from "./routes.ts";

test("printOpenApi defines every parameter that stands in a path, and no other", () => {
  // The printed document is plain JSON; what is looked at is what a client reads.
  const { paths } = printOpenApi("0.0.0") as {
    paths: Record<string, Record<string, { parameters: { name: string; in: string }[] }>>;
  };
  for (const { method, path } of Object.values(routes)) {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const defined = paths[path]?.[method.toLowerCase()]?.parameters.filter((one) => one.in === "path");
    expect(
      defined?.map(({ name }) => name),
      `${method} ${path}`,
    ).toEqual(inPath);
  }
});

test("a schema with a name asks for the same fields where it is sent and where it is answered: it is printed once", () => {
  const needed = new Map<string, string>();
  const note = (schema: z.ZodType, io: "input" | "output"): void => {
    const { $defs: definitions = {} } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
    for (const [id, { required = [] }] of Object.entries(definitions)) {
      const fields = required.toSorted().join();
      expect(needed.get(id) ?? fields, id).toBe(fields);
      needed.set(id, fields);
    }
  };
  for (const { body, success } of Object.values<Route>(routes)) {
    if (body !== undefined) note(z.array(body), "input");
    if (success.type === "json") note(z.array(success.schema), "output");
  }
  expect(needed.size).toBeGreaterThan(30);
});

test("what a text may not hold stands in its description", () => {
  const { components } = printOpenApi("0.0.0") as {
    components: { schemas: Record<string, { properties: Record<string, { pattern?: string }> }> };
  };
  const pattern = components.schemas["MemoryCreate"]?.properties["text"]?.pattern ?? expect.fail("there is a pattern");
  expect(["the shed\nis green", "the shed\u0000"].map((text) => new RegExp(pattern).test(text))).toEqual([true, false]);
});
