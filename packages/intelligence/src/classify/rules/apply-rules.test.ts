import { expect, test } from "vitest";
import { readText } from "../gather.ts";

function rulesOf(text: string): string[] {
  return readText(text).evidence.map((one) => one.rule);
}

test("applyRules asks for two places where a rule names a noun twice", () => {
  expect(rulesOf("she asked about the visa again")).not.toContain("papers-twice");
  expect(rulesOf("she asked about the visa, his papers are in the drawer")).toContain("papers-twice");
});

test("markShapes takes no day and no month for a person's name", () => {
  expect(readText("we paint on Friday and in March").scene.concepts.get("name")).toBeUndefined();
  expect(readText("we paint with Frida and with Marcus").scene.concepts.get("name")).toBeDefined();
});
