import { expect, test } from "vitest";

import { claim, type CommandOutcome, runCommand } from "./testing/product.ts";
import { dataFolder, endAfterEach, MANY_STARTS_MS_MAX, start } from "./testing/products-of-tests.ts";

endAfterEach();

test(
  "kaelix review lists what waits and takes a word, as lines and as JSON",
  async () => {
    const data = dataFolder();
    const run = (...words: string[]): Promise<CommandOutcome> => runCommand([...words, "--data", data]);
    const client = await claim(await start(data));
    const text = "The bathroom tiles are turquoise";
    const { id } = (await client.call("memories.create", { body: { text } })).data.memory;
    expect(await run("review", "list", "--quiet")).toMatchObject({ code: 0, out: `${id}\tlevel\tgeneral\t${text}\n` });
    // Nobody sits at this terminal: it lists.
    expect(JSON.parse((await run("review", "--json=id,answers")).out)).toEqual([{ id, answers: ["accept", "up"] }]);
    expect(await run("review", "list", "--kind", "secrets")).toMatchObject({ code: 2, out: "" });
    expect(await run("review", "refuse", id)).toMatchObject({ code: 5, out: "" });
    const done = await run("review", "up", id, "--json");
    expect(JSON.parse(done.out)).toMatchObject({ kind: "level", memory: { level: "confidential" }, decision: null });
    expect(await run("review")).toMatchObject({ code: 0, out: "", err: "Nothing waits for your word\n" });
    expect(await run("review", "accept", "wri_AAAAAAAAAAAAAAAAAAAAAA")).toMatchObject({ code: 3 });
  },
  MANY_STARTS_MS_MAX,
);
