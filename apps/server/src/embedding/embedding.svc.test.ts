/** The whole house with a real model behind an OpenAI-compatible door: finding by meaning, doing without it, and catching up. */
import { createServer, type Server, type ServerResponse } from "node:http";

import type { Client } from "@kaelix/contract";
import { afterEach, beforeEach, expect, test } from "vitest";

import { serviceOf, startService } from "../../../../tools/services/table.ts";
import type { OpenHouse } from "../server.ts";
import { claimed, clientOf, close, closeAfterEach, newFolder, open } from "../testing/houses.ts";

closeAfterEach();

/** Stands before the service, so that its address stays when it comes back on another port. Notes what it was sent. */
class Door {
  readonly sent: string[] = [];
  target = "";
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      const pieces: Buffer[] = [];
      request.on("data", (piece: Buffer) => pieces.push(piece));
      request.on("end", () => void this.#answer(Buffer.concat(pieces).toString(), response));
    });
  }

  async #answer(body: string, response: ServerResponse): Promise<void> {
    const [status, answer] = await this.#pass(body);
    response.writeHead(status, { "content-type": "application/json" });
    response.end(answer);
  }

  async #pass(body: string): Promise<readonly [number, string]> {
    try {
      const answer = await fetch(`${this.target}/embeddings`, { method: "POST", body });
      this.sent.push(body);
      return [answer.status, await answer.text()];
    } catch {
      return [502, ""];
    }
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}/v1`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

let door = new Door();
const names = ["KAELIX_EMBED_URL", "KAELIX_EMBED_MODEL", "KAELIX_EMBED_QUERY_MS"];

beforeEach(async () => {
  const service = await startService("embedder");
  door = new Door();
  door.target = service["EMBEDDER_URL"] ?? "";
  process.env["KAELIX_EMBED_URL"] = await door.listen();
  process.env["KAELIX_EMBED_MODEL"] = service["EMBEDDER_MODEL"];
  // A machine that does much else may take longer than a person would wait.
  process.env["KAELIX_EMBED_QUERY_MS"] = "10000";
});

afterEach(() => {
  door.close();
  for (const name of names) delete process.env[name];
});

/** The owner of `claimed`, in a house that was opened again. */
async function claimedAgain(house: OpenHouse): Promise<Client> {
  const body = { phone: "+1234567890", password: "testpassword" };
  const { data } = await clientOf(house).call("auth.logIn", { body });
  return clientOf(house, data.access_token);
}

const told = (client: Client, text: string, level?: 1 | 2 | 3): Promise<unknown> =>
  client.call(
    "memories.create",
    { body: { text, ...(level === undefined ? {} : { level }) } },
    { waitSeconds: 5, until: "indexed" },
  );

async function allEmbedded(client: Client): Promise<void> {
  await expect.poll(async () => (await client.call("status.read")).data.embedding?.waiting).toBe(0);
}

const TEXTS = [
  "We adopted a kitten from the shelter, she sleeps on the piano",
  "The landlord raised the rent again",
  "Booked two seats on the night train to Vienna",
];

test("what shares no word with a query is found by its meaning; with the provider gone words answer, and it catches up", async () => {
  const folder = newFolder();
  const house = await open(folder);
  const client = await claimed(house);
  for (const text of TEXTS) await told(client, text, 1);
  await allEmbedded(client);
  const search = async (q: string): Promise<{ texts: string[]; meaning: string | undefined; why: string[] }> => {
    const { data } = await client.call("searches.run", { body: { query: q } });
    return {
      texts: data.hits.map(({ memory }) => memory.text),
      meaning: data.meaning,
      why: data.hits[0]?.why.map(({ text }) => text) ?? [],
    };
  };
  const pet = await search("our new cat");
  expect(pet).toMatchObject({ meaning: "used", texts: [TEXTS[0]] });
  expect(pet.why).toEqual([expect.stringMatching(/^Meaning 0\.\d\d$/)]);
  expect((await search("housing costs")).texts[0]).toBe(TEXTS[1]);

  await serviceOf("embedder")?.stop();
  await told(client, "The plumber comes on the third of March", 1);
  const withoutIt = await search("plumber");
  expect(withoutIt).toMatchObject({ meaning: "down", texts: ["The plumber comes on the third of March"] });
  expect((await client.call("status.read")).data.embedding).toMatchObject({ waiting: 1 });

  door.target = (await startService("embedder"))["EMBEDDER_URL"] ?? "";
  await allEmbedded(client);
  await expect
    .poll(async () => (await search("somebody repairs the pipes")).texts[0])
    .toBe("The plumber comes on the third of March");

  // A restart finds the vectors where they were: nothing is sent twice.
  await close(house);
  door.sent.length = 0;
  const again = await claimedAgain(await open(folder));
  await told(again, "Grandpa plays chess on Sundays", 1);
  await allEmbedded(again);
  const inputs = door.sent.flatMap((body) => (JSON.parse(body) as { input: string[] }).input);
  expect(inputs).toEqual(["Grandpa plays chess on Sundays"]);
  expect((await again.call("searches.run", { body: { query: "our new cat" } })).data.hits[0]?.memory.text).toBe(
    TEXTS[0],
  );
});

test("nothing above the level that is set leaves the house, neither a memory nor a query", async () => {
  const house = await open(newFolder());
  const client = await claimed(house);
  await told(client, "The garden needs water", 1);
  await told(client, "My salary was cut by a tenth", 2);
  await told(client, "My PIN is 4321", 3);
  await allEmbedded(client);
  const { data } = await client.call("searches.run", { body: { query: "my password is hunter2" } });
  expect(data.meaning).toBe("withheld");
  const found = await client.call("searches.run", { body: { query: "plants are thirsty" } });
  expect(found.data).toMatchObject({ meaning: "used" });
  const sent = door.sent.join("\n");
  expect(sent).toContain("The garden needs water");
  expect(sent).toContain("plants are thirsty");
  for (const secret of ["salary", "4321", "hunter2"]) expect(sent).not.toContain(secret);
});
