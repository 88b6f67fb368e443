/** Agents over standard input and output: the real client, the real command, the real server. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { afterEach, expect, test } from "vitest";

import { claim, PERSON, runCommand, signIn } from "./testing/product.ts";
import { dataFolder, endAfterEach, start } from "./testing/products-of-tests.ts";

const clients: Client[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
});
endAfterEach();

/** The program that a configuration of `kaelix mcp --print-config` names. */
async function agent(
  printed: string,
  more: { readonly mode: "auto" | "legacy"; readonly env?: Record<string, string> },
): Promise<Client> {
  const { mcpServers } = JSON.parse(printed) as {
    mcpServers: { kaelix: { command: string; args: string[]; env?: Record<string, string> } };
  };
  const { args, command, env } = mcpServers.kaelix;
  const client = new Client({ name: "test", version: "1" }, { versionNegotiation: { mode: more.mode } });
  clients.push(client);
  await client.connect(new StdioClientTransport({ command, args, env: { ...env, ...more.env }, stderr: "inherit" }));
  return client;
}

async function text(client: Client, name: string, given: Record<string, unknown>): Promise<string> {
  return JSON.stringify(await client.callTool({ name, arguments: given }));
}

test("an agent remembers and recalls through the command, in both revisions", async () => {
  const data = dataFolder();
  let product = await start(data);
  const ann = await claim(product);
  await ann.call("auth.prove", { body: { password: PERSON.password } });
  const environment = { KAELIX_PASSWORD: PERSON.password };
  const made = await runCommand(["keys", "create", "Claude", "--agent", "--data", data], { environment });
  expect(made.out, made.err).toMatch(/^klx_/);
  const keyFile = join(data, "agent.key");
  writeFileSync(keyFile, made.out, { mode: 0o600 });
  const config = await runCommand(["mcp", "--print-config", "claude", "--data", data, "--key-file", keyFile]);
  expect(config.code, config.err).toBe(0);

  const client = await agent(config.out, { mode: "auto" });
  expect(client.getNegotiatedProtocolVersion()).toBe("2026-07-28");
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).toEqual([
    "remember",
    "recall",
    "ask",
    "context",
    "get_memory",
    "timeline",
    "status",
    "people",
    "connections",
    "today",
    "search",
    "fetch",
  ]);
  expect(await text(client, "remember", { text: "The piano is tuned in spring" })).toContain('"written_by":"Claude"');
  const old = await agent(config.out, { mode: "legacy" });
  expect(old.getNegotiatedProtocolVersion()).toBe("2025-11-25");
  expect(await text(old, "recall", { query: "piano" })).toContain("tuned in spring");
  for (const one of [client, old]) {
    expect(await text(one, "recall", { query: "piano", as_of: "2020-01-01" })).toContain('"total":0');
    expect(await text(one, "ask", { question: "When is the piano tuned?", as_of: "soon" })).toContain(
      "a position such as memories/4@88412",
    );
  }
  expect(await text(old, "get_memory", { id: "mem_01JD8QYB3M6W5T0ZK1E9V7RXSC" })).toContain("not-found");
  const { contents } = await client.readResource({ uri: "kaelix://profile" });
  expect(JSON.stringify(contents)).toContain(PERSON.name);

  // The server goes and comes back at another port: the same programs go on.
  await product.stop();
  await expect(client.callTool({ name: "status", arguments: {} })).rejects.toThrow(/No server is running/);
  product = await start(data);
  expect(await text(client, "recall", { query: "piano" })).toContain("tuned in spring");
  expect(await text(old, "status", {})).toContain('"key":"Claude"');

  const again = await signIn(product);
  const keys = await again.call("keys.list");
  await again.call("keys.end", { params: { id: keys.data.data[0]?.id ?? "" } });
  await expect(client.callTool({ name: "status", arguments: {} })).rejects.toThrow(/opens nothing/);
});

test("what is missing is said in a sentence with its exit code", async () => {
  const none = { KAELIX_API_KEY: "", KAELIX_API_KEY_FILE: "" };
  const without = await runCommand(["mcp"]);
  expect([without.code, without.err]).toEqual([2, expect.stringContaining("--print-config")]);
  const keyless = await runCommand(["mcp", "--stdio"], { environment: none });
  expect([keyless.code, keyless.out, keyless.err]).toEqual([4, "", expect.stringContaining("kaelix keys create")]);
  expect((await runCommand(["mcp", "--stdio", "--key-file", "/nonexistent"])).code).toBe(3);
  expect((await runCommand(["mcp", "--print-config", "emacs"])).code).toBe(2);
  const secret = await runCommand(["mcp", "--print-config", "cursor"], {
    environment: { KAELIX_API_KEY: "klx_secret" },
  });
  expect(secret.out).not.toContain("klx_secret");
  expect(JSON.parse(secret.out)).toMatchObject({ mcpServers: { kaelix: { env: { KAELIX_API_KEY: "klx_…" } } } });
  const code = await runCommand(["mcp", "--print-config", "vscode"]);
  expect(JSON.parse(code.out)).toMatchObject({ servers: { kaelix: { type: "stdio" } } });

  // Without a server every request is answered all the same, and what is no message as well.
  const input = `{"jsonrpc":"2.0","id":7,"method":"tools/list"}\n\nnonsense\n{"jsonrpc":"2.0","method":"notifications/initialized"}\n`;
  const environment = { KAELIX_API_KEY: "klx_live_none", KAELIX_DATA: dataFolder() };
  const away = await runCommand(["mcp", "--stdio"], { input, environment });
  const answers = away.out
    .trimEnd()
    .split("\n")
    .map((line): unknown => JSON.parse(line));
  expect(answers).toHaveLength(2);
  expect(answers).toContainEqual({
    jsonrpc: "2.0",
    id: 7,
    error: { code: -32_000, message: expect.stringContaining("No server is running") },
  });
  expect(answers).toContainEqual(
    expect.objectContaining({ id: null, error: expect.objectContaining({ code: -32_700 }) }),
  );
});
