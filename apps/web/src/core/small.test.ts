import { expect, test } from "vitest";

import { isShown, stopsAt, wordsOf } from "./levels.ts";
import { isPhone, normalizePhone } from "./phone.ts";
import { isPassing, type Problem, problemWords } from "./problem-words.ts";
import { addressOf, filterOf, toggleFilter, withoutFilters } from "./search-query.ts";
import { commandOf } from "./shortcuts.ts";
import { threadItems } from "./thread-items.ts";

const problem = (status: number, detail = ""): Problem => ({
  status,
  code: "x",
  detail,
  traceId: null,
  fields: [],
  retryAfter: null,
});

test("isPhone takes odd numbers and refuses what is none", () => {
  expect(["+1234567890", "+41 79 123 45 67", "0041791234567", "+49 (0) 30-1234"].map(isPhone)).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect(["12345", "+0123456789", "+12", "hello"].map(isPhone)).toEqual([false, false, false, false]);
  expect(normalizePhone("+41 79 123.45-67")).toBe("+41791234567");
});

test("commandOf reads sequences after g and single keys", () => {
  expect(commandOf({ key: "s", atMs: 500 }, { key: "g", atMs: 100 })).toEqual({ type: "go", to: "/search" });
  expect(commandOf({ key: "s", atMs: 5_000 }, { key: "g", atMs: 100 })).toBeUndefined();
  expect(commandOf({ key: "/", atMs: 0 }, undefined)).toEqual({ type: "search" });
});

test("isShown compares with the session's ceiling; an unknown level counts as the highest", () => {
  expect([isShown("general", "confidential"), isShown("secret", "confidential"), isShown("unheard", "secret")]).toEqual(
    [true, false, false],
  );
  expect(wordsOf("unheard").name).toBe("ultra-secret");
  expect([stopsAt("auto"), stopsAt("general")]).toEqual([undefined, undefined]);
  expect(stopsAt("secret")).toContain("Agents");
});

test("problemWords say what happened and what to do", () => {
  expect(problemWords(problem(0)).happened).toBe("The server cannot be reached");
  expect(problemWords(problem(403, "Sign-up is closed")).happened).toBe("Sign-up is closed");
  expect(problemWords({ ...problem(429), retryAfter: 12.2 }).todo).toBe("Try again in 13 s");
  expect([0, 503, 401, 422].map((status) => isPassing(problem(status)))).toEqual([true, true, false, false]);
});

test("filterOf leaves out what means nothing, and filters toggle", () => {
  const parameters = new URLSearchParams("q=x&source=fax&level=secret&month=2024-12");
  expect(filterOf(parameters)).toEqual({
    level: "secret",
    after: "2024-12-01T00:00:00.000Z",
    before: "2025-01-01T00:00:00.000Z",
  });
  expect(toggleFilter(parameters, "level", "secret").get("level")).toBeNull();
  expect(toggleFilter(parameters, "person", "Carla").get("person")).toBe("Carla");
  expect(withoutFilters(parameters).toString()).toBe("q=x");
});

test("addressOf opens a kept search as what it is: words, a level by number, a month, or any range of time", () => {
  const opened = (search: Parameters<typeof addressOf>[0]) => {
    const parameters = new URLSearchParams(addressOf(search));
    return { query: parameters.get("q") ?? "", filter: filterOf(parameters) };
  };
  const march = { after: "2024-03-01T00:00:00Z", before: "2024-04-01T00:00:00.000Z" };
  expect(addressOf({ query: "walnuts", filter: march })).toBe("q=walnuts&month=2024-03");
  expect(opened({ query: "walnuts", filter: { level: 3, person: "Carla" } }).filter).toEqual({
    level: "secret",
    person: "Carla",
  });
  const spring = { after: "2024-03-05T00:00:00.000Z", before: "2024-06-01T00:00:00.000Z" };
  expect(opened({ query: "", filter: spring })).toEqual({ query: "", filter: spring });
  expect(opened({ query: "x", filter: { before: "2022-06-01T00:00:00Z" } }).filter).toEqual({
    before: "2022-06-01T00:00:00.000Z",
  });
  expect(filterOf(new URLSearchParams("after=soon"))).toEqual({});
});

test("threadItems orders by time and marks each day once", () => {
  const at = (day: number, hour: number) => new Date(2026, 10, day, hour).toISOString();
  const items = threadItems([
    { id: "b", at: at(2, 9) },
    { id: "a", at: at(1, 9) },
    { id: "c", at: at(2, 10) },
  ]);
  expect(items.map((item) => (item.type === "day" ? "day" : item.entry.id))).toEqual(["day", "a", "day", "b", "c"]);
});
