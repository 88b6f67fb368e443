import { expect, test } from "vitest";

import { printOpenApi } from "./openapi.ts";
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
