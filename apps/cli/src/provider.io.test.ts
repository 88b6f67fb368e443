import { startBadProvider } from "@kaelix/intelligence/testing";
import { expect, test } from "vitest";

import { claim, runCommand } from "./testing/product.ts";
import { dataFolder, endAfterEach, start } from "./testing/products-of-tests.ts";

endAfterEach();

test("kaelix provider shows and tests the one of the data directory that is named, puts the day into sentences, and keeps one's own from it", async () => {
  const provider = await startBadProvider(() => ({ type: "content", content: '{"ok":true}' }));
  try {
    const data = dataFolder();
    const run = async (...words: string[]): Promise<string> => {
      const { code, err, out } = await runCommand([...words, "--data", data]);
      expect([words, code, code === 0 ? "" : err]).toEqual([words, 0, ""]);
      return out;
    };
    const client = await claim(await start(data, { KAELIX_AI_URL: provider.url, KAELIX_AI_MODEL: "m" }));
    expect(await run("provider", "test")).toMatch(/^ok \d+ ms\n$/);
    expect(await run("provider")).toMatch(/texts up to general go to m[^]*\nof yours: as above\n$/);
    await client.call(
      "memories.create",
      { body: { text: "I'll send the plumber the key", level: 1 } },
      { waitSeconds: 10, until: "indexed" },
    );
    provider.behave = () => ({ type: "content", content: "The plumber waits for the key. [1]\nCarla waits. [1]" });
    expect(await run("digest")).toMatch(/^The plumber waits for the key\. \(mem_\w+\)\n\nPromises open\n/);
    expect(await run("digest", "--lines")).toMatch(/^Promises open\n/);
    expect(JSON.parse(await run("digest", "--json=prose")).prose.sentences).toHaveLength(1);
    expect(await run("provider", "refuse")).toBe("");
    expect(await run("provider", "show")).toMatch(/\nof yours: nothing is sent to any provider\n$/);
    expect(await run("digest")).toMatch(/^Promises open\n/);
    expect(JSON.parse(await run("provider", "allow", "--json=allowed"))).toEqual({ allowed: true });
    expect(JSON.parse(await run("provider", "--json=choice"))).toMatchObject({ choice: { allowed: true } });
  } finally {
    await provider.close();
  }
});
