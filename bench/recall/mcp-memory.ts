/**
 * The reference memory server of MCP as a peer, over stdio as agents run it: one entity for each text, found again by `search_nodes` with the
 * whole question, which is how a person asks. It knows no people: all of them share one file.
 */
import { join } from "node:path";

import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";

import type { Peer } from "./peer-packages.ts";

const VERSION = "2026.8.31";
const PACKAGE = "@modelcontextprotocol/server-memory";

export const MCP_MEMORY: Peer = {
  name: `MCP server-memory ${VERSION}`,
  packages: [`${PACKAGE}@${VERSION}`],
  open: async (from, folder) => {
    const client = new Client({ name: "kaelix-bench", version: "1" });
    const script = from.resolve(`${PACKAGE}/dist/index.js`);
    const environment = { MEMORY_FILE_PATH: join(folder, "memory.jsonl"), PATH: process.env["PATH"] ?? "" };
    await client.connect(
      new StdioClientTransport({ command: process.execPath, args: [script], env: environment, stderr: "ignore" }),
    );
    const namesOf = async (name: string, parameters: Record<string, unknown>): Promise<string[]> => {
      const { structuredContent } = await client.callTool({ name, arguments: parameters });
      // What its output schema promises.
      const { entities } = structuredContent as { readonly entities: readonly { readonly name: string }[] };
      return entities.map((entity) => entity.name);
    };
    return {
      add: (_person, text, name) =>
        client.callTool({
          name: "create_entities",
          arguments: { entities: [{ name, entityType: "turn", observations: [text] }] },
        }),
      search: async (_person, query, limit) => (await namesOf("search_nodes", { query })).slice(0, limit),
      kept: async () => (await namesOf("read_graph", {})).length,
      close: () => client.close(),
    };
  },
};
