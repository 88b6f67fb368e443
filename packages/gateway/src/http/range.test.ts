import { expect, test } from "vitest";

import { parseRange } from "./range.ts";

test("parseRange reads one range of bytes as RFC 9110 has it, and leaves the rest to be answered whole", () => {
  expect(parseRange("bytes=0-0", 10)).toEqual({ from: 0, to: 1 });
  expect(parseRange("bytes=2-", 10)).toEqual({ from: 2, to: 10 });
  expect(parseRange("bytes=2-99", 10)).toEqual({ from: 2, to: 10 });
  expect(parseRange("bytes=-3", 10)).toEqual({ from: 7, to: 10 });
  expect(parseRange("bytes=-99", 10)).toEqual({ from: 0, to: 10 });
  for (const header of [undefined, "", "bytes=-", "bytes=3-2", "bytes=0-1,4-5", "lines=0-1", "bytes=a-b", "bytes= 0-1"])
    expect(parseRange(header, 10), String(header)).toBeUndefined();
  for (const [header, size] of [
    ["bytes=10-", 10],
    ["bytes=-0", 10],
    ["bytes=0-", 0],
  ] as const)
    expect(() => parseRange(header, size), header).toThrow(expect.objectContaining({ code: "range-unsatisfiable" }));
});
