/** The documents name what is there: their links, files, commands, options, packages, settings and routes are those of the product. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

import { routes } from "@kaelix/contract";
import type { Command } from "commander";
import { expect, test } from "vitest";

import { program } from "../apps/cli/src/main.ts";
import { SERVICES } from "./services/table.ts";

const DOCUMENTS = globSync(["*.md", "docs/**/*.md", "bench/**/*.md"]).map((path) => ({
  path,
  text: readFileSync(path, "utf8"),
}));
const SOURCES = globSync(["{packages,apps}/*/src/**/*.{ts,tsx}", "tools/**/*.ts", "bench/**/*.ts"])
  .map((path) => readFileSync(path, "utf8"))
  .join("\n");
const SCRIPTS = Object.keys(JSON.parse(readFileSync("package.json", "utf8")).scripts);

/** What stands in code: each line of a block, and each span within a sentence. */
function codeOf(text: string): string[] {
  const lines = [...text.matchAll(/^```[a-z]*\n([^]*?)^```/gm)].flatMap(([, block = ""]) => block.split("\n"));
  const rest = text.replaceAll(/^```[^]*?^```/gm, "");
  lines.push(...[...rest.matchAll(/^ {4}(\S.*)$/gm)].map(([, line = ""]) => line));
  const spans = rest.replaceAll(/^ {4}\S.*$/gm, "").matchAll(/`([^`]+)`/g);
  return [...lines, ...[...spans].map(([, span = ""]) => span.replaceAll(/\s+/g, " "))];
}

/** Every match of a pattern in the code of the documents, with the document. */
function inCode(pattern: RegExp): { readonly path: string; readonly match: RegExpExecArray }[] {
  return DOCUMENTS.flatMap(({ path, text }) =>
    codeOf(text).flatMap((code) => [...code.matchAll(pattern)].map((match) => ({ path, match }))),
  );
}

test("every link leads to a file and a heading", () => {
  const slug = (heading: string): string =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-");
  const lost: string[] = [];
  for (const { path, text } of DOCUMENTS) {
    for (const [, target = ""] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^(https?|mailto):/.test(target)) continue;
      const [file = "", anchor] = target.split("#");
      const place = file === "" ? path : join(dirname(path), file);
      if (!existsSync(place)) lost.push(`${path}: ${target}`);
      else if (anchor !== undefined) {
        const headings = [...readFileSync(place, "utf8").matchAll(/^#+ (.*)$/gm)].map(([, words = ""]) => slug(words));
        if (!headings.includes(anchor)) lost.push(`${path}: ${target}`);
      }
    }
  }
  expect(lost).toEqual([]);
});

test("every file that is named is there", () => {
  const named = inCode(/(?:^|\s)((?:\.ci|\.github|packages|apps|tools|bench|docs|examples)\/[\w./*{},-]*[\w*/])/g);
  expect(named.length).toBeGreaterThan(200);
  const isThere = (file: string): boolean => existsSync(file) || globSync(`${file.replace("NAME", "*")}*`).length > 0;
  const missing = named.filter(({ match: [, file = ""] }) => !isThere(file));
  expect(missing.map(({ path, match }) => `${path}: ${match[1]}`)).toEqual([]);
});

test("every command of kaelix takes the words and options it is shown with", () => {
  const shown = inCode(/(?:^|^[^#]*(?:\| |\w=\S+ ))(?:npm run -s kaelix -- |kaelix )(.+)$/g);
  expect(shown.length).toBeGreaterThan(150);
  const faults = shown.flatMap(({ path, match: [, given = ""] }) => {
    const fault = faultOf(given);
    return fault === undefined ? [] : [`${path}: kaelix ${given}: ${fault}`];
  });
  expect(faults).toEqual([]);
});

/** What a command line of `kaelix` names that is not there. */
function faultOf(given: string): string | undefined {
  const words = given
    .replaceAll(/"[^"]*"|'[^']*'/g, "WORDS")
    .replace(/ +(#|>|\||&&|…).*$/, "")
    .split(/ +/);
  let command: Command = program;
  const options: string[] = [];
  for (const word of words) {
    if (word.startsWith("-")) options.push(...word.replace(/=.*$/, "").split("|"));
    else if (command.commands.length > 0) {
      const named = word.split("|").map((name) => command.commands.find((row) => row.name() === name));
      const missing = named.indexOf(undefined);
      if (missing !== -1) return `no command ${word.split("|")[missing]}`;
      command = named[0] ?? command;
    }
  }
  if (command.name() === "bench") return undefined;
  const known = [...command.options, ...program.options].flatMap(({ long, short }) => [long, short]);
  const missing = options.find((option) => !known.includes(option) && option !== "--help");
  return missing === undefined ? undefined : `no option ${missing}`;
}

test("every script, benchmark, service and suite is there", () => {
  const faults: string[] = [];
  for (const { path, match } of inCode(/npm run (?:-s )?([a-z\d:]+)(?: -- (\S+))?|^npm (test)$/g)) {
    const [line, script = "test", word] = match;
    if (!SCRIPTS.includes(script)) faults.push(`${path}: ${line}`);
    if (script === "services" && word !== "NAME" && !SERVICES.some(({ name }) => name === word))
      faults.push(`${path}: ${line}`);
    if (script === "bench" && word !== undefined && !["NAME", "smoke"].includes(word))
      if (!new RegExp(`^  "?${word}"?: \\(\\) => import`, "m").test(readFileSync("bench/main.ts", "utf8")))
        faults.push(`${path}: ${line}`);
  }
  const tests = globSync("{packages,apps,tools,bench}/*/**/*.test.ts");
  for (const { path, match } of inCode(/--project (pure|io|svc|e2e) (.+)$/g)) {
    const [, project = "", places = ""] = match;
    const suffix = new RegExp(project === "pure" ? "/[^./]+\\.test\\.ts$" : `\\.${project}\\.test\\.ts$`);
    for (const place of places.split(" ")) {
      const isThere = tests.some((file) => file.startsWith(place) && suffix.test(file));
      if (!isThere) faults.push(`${path}: no ${project} test in ${place}`);
    }
  }
  expect(faults).toEqual([]);
});

test("docs/dependencies.md has every package and the rooms that it is for", () => {
  const rows = [...readFileSync("docs/dependencies.md", "utf8").matchAll(/^\| (`[^|]+) \| ([^|]+) \|/gm)].map(
    ([, packages = "", rooms = ""]) => ({
      packages: [...packages.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name),
      rooms: rooms.split(", "),
    }),
  );
  const faults: string[] = [];
  for (const path of globSync("{packages,apps}/*/package.json")) {
    const room = basename(dirname(path));
    for (const name of Object.keys(JSON.parse(readFileSync(path, "utf8")).dependencies ?? {})) {
      const isTold = rows.some(({ packages, rooms }) => packages.includes(name) && rooms.includes(room));
      if (!isTold && !name.startsWith("@kaelix/")) faults.push(`${room}: ${name}`);
    }
  }
  const manifests = globSync(["package.json", "{packages,apps}/*/package.json"]).map((path) =>
    readFileSync(path, "utf8"),
  );
  for (const name of rows.flatMap(({ packages }) => packages))
    if (!manifests.some((text) => text.includes(`"${name}":`))) faults.push(`${name} is nobody's`);
  expect(faults).toEqual([]);
});

test("every setting that is named is read somewhere", () => {
  const named = new Set(DOCUMENTS.flatMap(({ text }) => [...text.matchAll(/\bKAELIX_[A-Z_]+[A-Z]\b/g)].map(String)));
  expect(named.size).toBeGreaterThan(50);
  const read = new Set([...SOURCES.matchAll(/\bKAELIX_[A-Z_]+[A-Z]\b/g)].map(String));
  expect([...named].filter((name) => !read.has(name))).toEqual([]);
});

test("every route that is named is served", () => {
  const served = Object.values(routes).map(({ method, path }) => ({
    method,
    path: new RegExp(`^(/api/v1)?${path.replace("/api/v1", "").replaceAll(/\{\w+\}/g, "[^/]+")}/?$`),
  }));
  // Beside them stand those of apps that sign in, and those of a provider.
  const shown = inCode(/^((?:GET|POST|PUT|PATCH|DELETE)(?:\/[A-Z]+)*) (\/(?!oauth\/|v1\/)\S*)/g);
  expect(shown.length).toBeGreaterThan(60);
  const faults = shown.flatMap(({ path, match: [, verbs = "", place = ""] }) => {
    const [first = "", ...others] = place.replace(/\?.*$/, "").split("|");
    const places = [first, ...others.map((last) => first.replace(/[^/]*$/, last))];
    return verbs
      .split("/")
      .flatMap((method) =>
        places
          .filter((one) => !served.some((route) => route.method === method && route.path.test(one)))
          .map((one) => `${path}: ${method} ${one}`),
      );
  });
  expect(faults).toEqual([]);
});
