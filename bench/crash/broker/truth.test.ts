import { beforeEach, describe, expect, test } from "vitest";

import { Truth } from "./truth.ts";

let truth: Truth;
beforeEach(() => (truth = new Truth()));

function records(...texts: readonly string[]): { offset: number; text: string }[] {
  return texts.map((text, offset) => ({ offset, text }));
}

describe("checkPartition", () => {
  const batches = [
    { baseOffset: 0, nextOffset: 2 },
    { baseOffset: 2, nextOffset: 3 },
  ];

  test("finds nothing wrong with a dense partition that has what was seen", () => {
    truth.see("t/0", { offset: 1, text: "b" });
    truth.checkPartition("t/0", { batches, records: records("a", "b", "c"), end: 3 });
    expect(truth.faults()).toEqual([]);
  });

  test("finds gaps, a wrong end, records that are gone and records that changed", () => {
    truth.checkPartition("t/0", { batches: [{ baseOffset: 1, nextOffset: 2 }], records: [], end: 3 });
    truth.see("t/1", { offset: 0, text: "a" });
    truth.checkPartition("t/1", { batches: [], records: [], end: 0 });
    truth.see("t/2", { offset: 0, text: "a" });
    truth.checkPartition("t/2", { batches, records: records("x"), end: 3 });
    expect(truth.faults()).toEqual([
      "t/0 goes on at 1 where 0 was expected",
      "t/0 ends at 2, says 3",
      't/1 offset 0 was "a" and is gone',
      't/2 offset 0 was "a", is "x"',
    ]);
  });
});

describe("checkWritten", () => {
  test("takes what was sent and never answered either way", () => {
    truth.sends("p/0", 4);
    truth.acknowledged("p/0", 0, 0, 2);
    truth.checkWritten([records("p/0 0", "p/0 1")]);
    truth.checkWritten([records("p/0 0", "p/0 1", "p/0 2", "p/0 3")]);
    expect(truth.faults()).toEqual([]);
  });

  test.each([
    ["a record twice", records("p/0 0", "p/0 0", "p/0 1"), "record 0 is there twice"],
    ["a record left out", records("p/0 0", "p/0 2"), "record 1 is missing"],
    ["an acknowledged record gone", records("p/0 0"), "2 records were acknowledged, 1 are there"],
    ["more than was sent", records("p/0 0", "p/0 1", "p/0 2", "p/0 3", "p/0 4"), "4 records were sent, 5 are there"],
    ["another place than was told", records("q/0 0", "p/0 0", "p/0 1"), "was acknowledged at 0, stands at 1"],
    ["another partition's record", records("p/1 0"), "partition 0 has a record of p/1"],
  ])("finds %s", (_, read, fault) => {
    truth.sends("p/0", 4);
    truth.acknowledged("p/0", 0, 0, 2);
    truth.checkWritten([read]);
    expect(truth.faults().join("\n")).toContain(fault);
  });
});

describe("committed offsets", () => {
  test("may be any that was asked for, from the last that was told on", () => {
    for (const offset of [3, 5]) truth.asksOffset("g/0", offset);
    truth.toldOffset("g/0", 3);
    for (const offset of [3, 5]) truth.foundOffset("g/0", offset, truth.offsetMin("g/0"));
    expect(truth.faults()).toEqual([]);
  });

  test.each([
    ["gone", -1, "is -1, was 3"],
    ["zero", 0, "is 0, was 3"],
    ["nobody's", 4, "which nobody asked for"],
  ])("are found to be %s", (_, offset, fault) => {
    truth.asksOffset("g/0", 3);
    truth.toldOffset("g/0", 3);
    truth.foundOffset("g/0", offset, truth.offsetMin("g/0"));
    expect(truth.faults().join("\n")).toContain(fault);
  });
});

describe("checkOutputs", () => {
  const committed = new Map([["w", 3]]);

  test("takes one output for each committed input", () => {
    truth.checkOutputs([records("w 0", "w 2"), records("w 1")], committed);
    truth.checkOutputs([[], []], new Map([["w", 0]]));
    expect(truth.faults()).toEqual([]);
  });

  test.each([
    ["a torn transaction", [records("w 0", "w 2"), []], "output 1 of w ends before 1, committed is 3"],
    ["an output twice", [records("w 0", "w 0", "w 2"), records("w 1")], 'shows "w 0" twice'],
    ["an input left out", [records("w 2"), records("w 1")], '"w 0" is missing'],
    ["what was aborted", [records("w 0", "w 2", "w 4"), records("w 1")], "output 0 of w ends before 6, committed is 3"],
    ["what was abandoned", [records("w 0", "w 2", "z 0"), records("w 1")], "which nobody committed"],
  ])("finds %s", (_, outputs, fault) => {
    truth.checkOutputs(outputs, committed);
    expect(truth.faults().join("\n")).toContain(fault);
  });
});

test("gaveProducerId finds an id that was given before", () => {
  truth.gaveProducerId(1);
  truth.gaveProducerId(2);
  expect(truth.faults()).toEqual([]);
  truth.gaveProducerId(1);
  expect(truth.faults()).toEqual(["producer id 1 was given twice"]);
});
