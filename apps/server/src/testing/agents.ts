/** Agents at `/mcp` of a house in this process, by the real client. */
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { expect } from "vitest";

import type { OpenHouse } from "../server.ts";

/** Where a house has it. */
export const MCP_ADDRESS = "http://localhost/mcp";

/** What of answers is looked at by name. */
export interface AgentAnswer extends Record<string, unknown> {
  readonly memory: { readonly id: string; readonly level: string } & Record<string, unknown>;
  readonly memories: readonly ({ readonly id: string; readonly text: string } & Record<string, unknown>)[];
}

/** How an agent comes. */
export interface AgentOptions {
  readonly capabilities?: object;
  /** `legacy`: by the handshake of the older revisions. */
  readonly mode?: "auto" | "legacy";
}

/** A client that has connected. */
export async function connectAgent(
  house: Pick<OpenHouse, "fetch">,
  token: string,
  { capabilities = {}, mode = "auto" }: AgentOptions = {},
): Promise<Client> {
  const client = new Client({ name: "test", version: "1" }, { capabilities, versionNegotiation: { mode } });
  const requestInit = { headers: { authorization: `Bearer ${token}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(MCP_ADDRESS), { fetch: house.fetch, requestInit }));
  return client;
}

/** What a tool answered, when it went well. */
export async function callTool(client: Client, name: string, given: Record<string, unknown>): Promise<AgentAnswer> {
  const result = await client.callTool({ name, arguments: given });
  expect(result.isError, JSON.stringify(result.content)).not.toBe(true);
  // The client has held it against the tool's schema.
  return result.structuredContent as AgentAnswer;
}

/** The problem that a tool answered. */
export async function problemOfTool(
  client: Client,
  name: string,
  given: Record<string, unknown>,
): Promise<{ readonly code: string } & Readonly<Record<string, unknown>>> {
  const result = await client.callTool({ name, arguments: given });
  expect(result.isError).toBe(true);
  const [block] = result.content;
  const document: unknown = JSON.parse(block?.type === "text" ? block.text : "");
  expect(result._meta?.["kaelix/problem"]).toEqual(document);
  return document as { code: string };
}
