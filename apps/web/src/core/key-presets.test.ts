import { expect, test } from "vitest";

import { KEY_PRESETS, scopesOf, scopeWords } from "./key-presets.ts";

const ALLOWED = {
  agent: ["memory.create", "memory.list", "memory.read", "memory.edit", "memory.search", "memory.ask", "user.read"],
  service: ["server.status", "server.verify", "streams.use"],
};

test("a choice asks for no action that the server does not give to keys of its kind", () => {
  for (const preset of KEY_PRESETS) {
    const scopes = scopesOf(preset, ALLOWED);
    expect(scopes.length, preset.label).toBeGreaterThan(0);
    expect(scopes.filter((scope) => !ALLOWED[preset.kind].includes(scope))).toEqual([]);
    expect(scopesOf(preset, { agent: [], service: [] })).toEqual([]);
  }
});

test("reading tells nothing, telling edits nothing, watching is the server alone", () => {
  const [read, tell, , watch] = KEY_PRESETS.map((preset) => scopesOf(preset, ALLOWED));
  expect(read).not.toContain("memory.create");
  expect(tell).toContain("memory.create");
  expect(tell).not.toContain("memory.edit");
  expect(watch).toEqual(["server.status", "server.verify"]);
});

test("a key is named after the choice it was made by", () => {
  for (const preset of KEY_PRESETS)
    expect(scopeWords({ kind: preset.kind, scopes: scopesOf(preset, ALLOWED) }, ALLOWED)).toBe(preset.label);
  expect(scopeWords({ kind: "agent", scopes: ["memory.edit"] }, ALLOWED)).toBe("memory.edit");
  expect(scopeWords({ kind: "agent", scopes: ["memory.edit", "memory.read"] }, ALLOWED)).toBe("2 actions");
});
