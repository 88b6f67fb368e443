/** The tools, resources and prompts of `/mcp`, asked by agents for what is the victim's. Whatever tools there are is asked of the server. */
import { seededRandom } from "@kaelix/base";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";

import type { Door } from "../proofs/door.ts";
import { objectOf, sampleOf, type Sampling } from "../proofs/openapi.ts";
import { type Asker, CANARY, type Cast, guessedIds, type Ids, idsIn, SHARED_WORD } from "./cast.ts";

/** What it came to. */
export interface McpOutcome {
  readonly calls: number;
  readonly done: number;
  readonly faults: readonly string[];
}

const TRIES = 6;

/** Calls every tool of every agent with ids of the victim, erased ones, own ones and invented ones. */
export async function sweepMcp(door: Door, cast: Cast): Promise<McpOutcome> {
  const faults: string[] = [];
  let calls = 0;
  let done = 0;
  for (const asker of cast.askers.filter(({ name }) => name.startsWith("agent"))) {
    const client = await connect(door, asker);
    const check = (name: string, answer: unknown, sent: string): void => {
      calls++;
      const text = JSON.stringify(answer);
      if (text.toLowerCase().includes(CANARY))
        faults.push(`${asker.name}: ${name} shows what the victim told: ${text.slice(0, 300)}`);
      for (const [kind, ids] of idsIn(text)) {
        if (kind === "usr") continue;
        const strange = ids.filter((id) => cast.foreign.get(kind)?.includes(id) === true && !sent.includes(id));
        if (strange.length > 0) faults.push(`${asker.name}: ${name} names ids of the victim: ${strange.join()}`);
      }
      if (objectOf(answer)["isError"] !== true) done++;
    };
    const { tools } = await client.listTools();
    for (const tool of tools) {
      const answers = new Map<string, string>();
      for (const [target, ids] of poolsOf(cast, asker)) {
        for (let variant = 0; variant < TRIES; variant++) {
          const given = objectOf(sampleOf(objectOf(tool.inputSchema), samplingOf(ids, variant), tool.name));
          const answer = await client
            .callTool({ name: tool.name, arguments: { ...given } })
            .catch((error: unknown) => ({ isError: true, error: String(error) }));
          check(`${tool.name} (${target})`, answer, JSON.stringify(given));
          const [first = ""] = answers.has(`${variant}`) ? [answers.get(`${variant}`)] : [];
          const steady = steadyOf(answer);
          if (target === "invented") answers.set(`${variant}`, steady);
          else if (
            target.startsWith("foreign") &&
            JSON.stringify(given).includes("_0") &&
            first !== steady &&
            !/"(created|remember)/.test(tool.name)
          )
            faults.push(
              `${asker.name}: ${tool.name} tells an id of the victim from an invented one: ${steady.slice(0, 200)} ≠ ${first.slice(0, 200)}`,
            );
        }
      }
    }
    await sweepResources(client, cast, check);
    await client.close();
  }
  return { calls, done, faults };
}

async function sweepResources(
  client: Client,
  cast: Cast,
  check: (name: string, answer: unknown, sent: string) => void,
): Promise<void> {
  const refused = (error: unknown): unknown => ({ isError: true, error: String(error) });
  const { resources } = await client.listResources().catch(() => ({ resources: [] }));
  const { resourceTemplates } = await client.listResourceTemplates().catch(() => ({ resourceTemplates: [] }));
  const own = resources.map(({ uri }) => uri);
  const foreign = [...cast.foreign.values()].flat();
  const filled = resourceTemplates.flatMap(({ uriTemplate }) =>
    [...foreign, SHARED_WORD].map((id) => uriTemplate.replaceAll(/\{[^}]+\}/g, id)),
  );
  for (const uri of [...own, ...filled]) check(uri, await client.readResource({ uri }).catch(refused), uri);
  const { prompts } = await client.listPrompts().catch(() => ({ prompts: [] }));
  for (const { name, arguments: wanted = [] } of prompts) {
    const given = Object.fromEntries(wanted.map((one) => [one.name, SHARED_WORD]));
    check(name, await client.getPrompt({ name, arguments: given }).catch(refused), "");
  }
}

async function connect(door: Door, asker: Asker): Promise<Client> {
  const client = new Client(
    { name: "sweep", version: "1" },
    { capabilities: {}, versionNegotiation: { mode: "auto" } },
  );
  const requestInit = { headers: { authorization: `Bearer ${asker.tokens[0] ?? ""}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL("/mcp", door.url), { requestInit }));
  return client;
}

function poolsOf(cast: Cast, asker: Asker): readonly (readonly [string, Ids])[] {
  return [
    ["invented", guessedIds(cast.foreign.keys())],
    ["foreign", cast.foreign],
    ["foreign erased", cast.foreignErased],
    ["own erased", asker.ownErased],
    ["own", asker.own],
  ];
}

function samplingOf(ids: Ids, variant: number): Sampling {
  const random = seededRandom(900 + variant);
  const invented = guessedIds(ids.keys());
  const idOf = (kind: string): string | undefined => {
    const all = ids.get(kind) ?? invented.get(kind) ?? [];
    return all[variant % Math.max(1, all.length)];
  };
  return {
    components: {},
    idOf,
    text: () => SHARED_WORD,
    pick: (below) => random.integer(below),
    isFull: variant % 2 === 0,
  };
}

function steadyOf(answer: unknown): string {
  return JSON.stringify(answer)
    .replaceAll(/\b[a-z]{3}_[0-7][0-9A-HJKMNP-TV-Z]{25}\b/g, "<id>")
    .replaceAll(/\b[0-9a-f]{32}\b/g, "<trace>")
    .replaceAll(/took_ms\\?":[\d.]+/g, "took_ms")
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<time>");
}
