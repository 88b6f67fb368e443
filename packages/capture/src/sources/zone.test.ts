import { expect, test } from "vitest";

import { zoneConverter } from "./zone.ts";

test("zoneConverter refuses a zone that does not exist", () => {
  expect(() => zoneConverter("Mars/Olympus")).toThrow(expect.objectContaining({ code: "import-zone-unknown" }));
});
