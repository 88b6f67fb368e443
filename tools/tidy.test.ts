import { expect, test } from "vitest";

import { tidy } from "./tidy.ts";

test("the house keeps its own rules", () => {
  const breaches = tidy(process.cwd()).map((breach) => `${breach.file}: ${breach.rule}: ${breach.text}`);
  expect(breaches).toEqual([]);
});
