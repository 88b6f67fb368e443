import { createClient } from "@kaelix/contract";
import { expect, test } from "vitest";

import { authenticatorCode, steadyStep } from "../../server/src/testing/authenticator.ts";
import { type CommandOutcome, PERSON, runCommand } from "./testing/product.ts";
import { claimedProduct, folderOfFile } from "./testing/products-of-tests.ts";

const { data, owner, product } = await claimedProduct();
/** Of somebody at another machine, who has no data directory but their session. */
const away = folderOfFile();
await owner.call("auth.prove", { body: { password: PERSON.password } });
const { secret } = (await owner.call("factors.beginTotp")).data;
await steadyStep(25);
const body = { code: authenticatorCode(secret, -1) };
const { recovery_codes: recoveryCodes } = (await owner.call("factors.confirmTotp", { body })).data;

function remote(words: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<CommandOutcome> {
  const session = ["--server", product.url, "--data", away, "--quiet"];
  return runCommand([...words, ...session], { environment: { KAELIX_PASSWORD: PERSON.password, ...environment } });
}

/** What a command printed, when it went well. */
function printed(outcome: CommandOutcome): string {
  expect(outcome.code, outcome.err).toBe(0);
  return outcome.out;
}

test("signing in asks for the code, and takes it as an option", async () => {
  const logIn = ["login", "--phone", PERSON.phone];
  const without = await remote(logIn);
  expect(without.code).toBe(2);
  expect(without.err).toContain("KAELIX_CODE");
  const wrong = await remote([...logIn, "--code", "000000"]);
  expect(wrong).toMatchObject({ code: 1 });
  expect(wrong.err).toContain("This code is wrong, was used already");
  const user: { name: string } = JSON.parse(
    printed(await remote([...logIn, "--json"], { KAELIX_CODE: recoveryCodes[0] ?? "" })),
  );
  expect(user.name).toBe(PERSON.name);
});

test("keys are made with a code, listed and ended", async () => {
  const create = ["keys", "create", "Robot", "--scope", "memory.read,memory.list", "--expires", "30d", "--json"];
  expect((await remote(["keys", "create", "Robot"])).code).toBe(2);
  const refused = await remote(create, { KAELIX_CODE: recoveryCodes[0] ?? "" });
  expect(refused.err, "used to sign in").toContain("This code is wrong, was used already");
  const made: { secret: string; id: string } = JSON.parse(
    printed(await remote(create, { KAELIX_CODE: recoveryCodes[1] ?? "" })),
  );
  const robot = createClient({ baseUrl: product.url, accessToken: () => made.secret });
  expect((await robot.call("memories.list", { query: {} })).data.data).toEqual([]);
  const listed: readonly object[] = JSON.parse(printed(await remote(["keys", "list", "--json"])));
  expect(listed).toMatchObject([{ id: made.id, state: "open", scopes: ["memory.read", "memory.list"] }]);
  expect(JSON.stringify(listed)).not.toContain(made.secret);
  expect((await remote(["keys", "list"])).out).toContain(`${made.id}\tRobot\tagent\topen\tgeneral\t`);
  expect(JSON.parse(printed(await remote(["keys", "end", made.id, "--json"])))).toEqual({
    id: made.id,
    state: "ended",
  });
  await expect(robot.call("memories.list", { query: {} })).rejects.toMatchObject({ code: "key-invalid" });
  expect((await remote(["keys", "end", made.id.replace(/.$/, (last) => (last === "0" ? "1" : "0"))])).code).toBe(3);
});

test("what a key wrote is counted, and taken back when somebody says so", async () => {
  const create = ["keys", "create", "Scribe", "--scope", "memory.create", "--json"];
  const made: { secret: string; id: string } = JSON.parse(
    printed(await remote(create, { KAELIX_CODE: recoveryCodes[3] ?? "" })),
  );
  const scribe = createClient({ baseUrl: product.url, accessToken: () => made.secret });
  for (const text of ["One", "Two"]) await scribe.call("memories.create", { body: { text } });
  const undo = ["keys", "undo", made.id, "--since", "2000-01-01"];
  expect((await remote(undo)).code).toBe(2);
  expect(JSON.parse(printed(await remote([...undo, "--dry-run", "--json"])))).toEqual({ forgotten: 2, put_back: 0 });
  expect(printed(await remote([...undo, "--yes"]))).toBe("2\t0\n");
  expect(printed(await remote([...undo, "--yes"]))).toBe("0\t0\n");
  expect(
    (await remote(["keys", "undo", made.id.replace(/.$/, (last) => (last === "0" ? "1" : "0")), "--yes"])).code,
  ).toBe(3);
});

test("on the server's own machine a key takes password and code", async () => {
  const create = ["keys", "create", "Cron", "--scope", "memory.create", "--data", data, "--quiet"];
  const environment = { KAELIX_PASSWORD: PERSON.password, KAELIX_CODE: recoveryCodes[2] ?? "" };
  expect((await runCommand(create, { environment: { ...environment, KAELIX_PASSWORD: "wrong" } })).code).toBe(1);
  const made = await runCommand(create, { environment });
  expect(made.out, made.err).toMatch(/^klx_[^\n]+\n$/);
});

test("sessions are listed and ended", async () => {
  const listed: readonly { id: string; current: boolean }[] = JSON.parse(
    printed(await remote(["sessions", "list", "--json"])),
  );
  expect(listed.filter(({ current }) => current)).toHaveLength(1);
  const other = listed.find(({ current }) => !current);
  expect((await remote(["sessions", "end"])).code).toBe(2);
  expect(JSON.parse(printed(await remote(["sessions", "end", other?.id ?? "", "--json"])))).toEqual({ ended: 1 });
  const ended: { ended: number } = JSON.parse(printed(await remote(["sessions", "end", "--others", "--json"])));
  expect(ended.ended).toBe(listed.length - 2);
  expect(JSON.parse(printed(await remote(["sessions", "list", "--json"])))).toHaveLength(1);
});
