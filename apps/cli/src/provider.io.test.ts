import { startBadProvider } from "@kaelix/intelligence/testing";
import { expect, test } from "vitest";

import { claim, type CommandOutcome, runCommand } from "./testing/product.ts";
import { dataFolder, endAfterEach, MANY_STARTS_MS_MAX, start } from "./testing/products-of-tests.ts";

endAfterEach();

test(
  "kaelix provider shows and tests the one of the data directory that is named, and keeps one's own from it",
  async () => {
    const provider = await startBadProvider(() => ({ type: "content", content: '{"ok":true}' }));
    try {
      const data = dataFolder();
      const run = (...words: string[]): Promise<CommandOutcome> => runCommand([...words, "--data", data]);
      await claim(await start(data, { KAELIX_AI_URL: provider.url, KAELIX_AI_MODEL: "m" }));
      expect(await run("provider", "test")).toMatchObject({ code: 0, out: expect.stringMatching(/^ok \d+ ms\n$/) });
      expect((await run("provider")).out).toMatch(/texts up to general go to m[^]*\nof yours: as above\n$/);
      expect(await run("provider", "refuse")).toMatchObject({ code: 0, out: "" });
      expect((await run("provider", "show")).out).toMatch(/\nof yours: nothing is sent to any provider\n$/);
      expect(JSON.parse((await run("provider", "allow", "--json=allowed")).out)).toEqual({ allowed: true });
      expect(JSON.parse((await run("provider", "--json=choice")).out)).toMatchObject({ choice: { allowed: true } });
    } finally {
      await provider.close();
    }
  },
  MANY_STARTS_MS_MAX,
);
