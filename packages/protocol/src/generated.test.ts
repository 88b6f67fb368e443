import { expect, test } from "vitest";

import { staleProtocolFiles } from "../../../tools/generate-protocol.ts";

test("the generated codecs are what the schema tables give", () => {
  expect(staleProtocolFiles(), "run `node tools/generate-protocol.ts`").toEqual([]);
});
