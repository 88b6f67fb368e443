/**
 * basic-memory as a peer, over stdio as agents run it: one Markdown note for each text, found again by `search_notes` with the whole question.
 * Its vectors need a model from elsewhere and are off, so it searches by words. It knows no people: all of them share one project.
 */
import { join } from "node:path";

import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";

import type { Peer } from "./peer-packages.ts";

const VERSION = "0.23.2";
/** It takes a while to start, the more so on a busy machine. */
const START_TIMEOUT_MS = 300_000;

export const BASIC_MEMORY: Peer = {
  name: `basic-memory ${VERSION}`,
  packages: [`basic-memory==${VERSION}`],
  isPython: true,
  open: async (from, folder) => {
    const client = new Client({ name: "kaelix-bench", version: "1" });
    const environment = {
      HOME: folder,
      PATH: process.env["PATH"] ?? "",
      BASIC_MEMORY_CONFIG_DIR: join(folder, "config"),
      BASIC_MEMORY_HOME: join(folder, "notes"),
      BASIC_MEMORY_SEMANTIC_SEARCH_ENABLED: "false",
      BASIC_MEMORY_AUTO_UPDATE: "false",
      BASIC_MEMORY_NO_PROMOS: "1",
    };
    const command = from.resolve("basic-memory");
    const transport = new StdioClientTransport({ command, args: ["mcp"], env: environment, stderr: "ignore" });
    await client.connect(transport, { timeout: START_TIMEOUT_MS });
    const call = async (name: string, parameters: Record<string, unknown>): Promise<unknown> => {
      const { structuredContent, isError } = await client.callTool({ name, arguments: parameters });
      if (isError === true) throw new Error(`${name} failed`);
      return (structuredContent as { readonly result: unknown }).result;
    };
    return {
      add: (_person, content, title) =>
        call("write_note", { title, content, directory: "turns", output_format: "json" }),
      search: async (_person, query, limit) => {
        const found = await call("search_notes", { query, page_size: limit, output_format: "json" });
        return (found as { readonly results: readonly { readonly title: string }[] }).results.map(({ title }) => title);
      },
      kept: async () => {
        const listed = await call("list_directory", { dir_name: "/turns", depth: 1 });
        return Number(/(\d+) total items/u.exec(String(listed))?.[1]);
      },
      close: () => client.close(),
    };
  },
};
