import { createClient } from "@kaelix/contract";
import { expect, test } from "vitest";

import { claimedProduct } from "./testing/products-of-tests.ts";

const { product, run: runLoudly } = await claimedProduct();

test("invite, list, suspend and let in again", async () => {
  const run = (words: readonly string[]) => runLoudly(...words, "--quiet");
  expect((await run(["invites", "create", "--role", "king"])).code).toBe(2);
  const invited = await run(["invites", "create", "--role", "guest"]);
  expect(invited.code, invited.err).toBe(0);
  const bare = createClient({ baseUrl: product.url });
  const ben = { phone: "+4930123456", password: "harbour walnuts" };
  const body = { ...ben, name: "Ben", invite_code: invited.out.trim() };
  const { data: signedUp } = await bare.call("auth.signUp", { body });
  const listed: readonly object[] = JSON.parse((await run(["users", "list", "--json"])).out);
  expect(listed).toMatchObject([{ role: "owner" }, { id: signedUp.user.id, name: "Ben", role: "guest" }]);
  expect((await run(["users", "suspend", signedUp.user.id])).code).toBe(0);
  await expect(bare.call("auth.logIn", { body: ben })).rejects.toMatchObject({ code: "identity-suspended" });
  expect((await run(["users", "restore", signedUp.user.id])).code).toBe(0);
  expect((await bare.call("auth.logIn", { body: ben })).data.user.name).toBe("Ben");
  expect((await run(["users", "role", signedUp.user.id, "member"])).code).toBe(0);
  expect(JSON.parse((await run(["invites", "list", "--json=state"])).out)).toEqual([{ state: "used" }]);

  // An organisation of its own: its owner sees nobody of this one, and is seen by nobody.
  expect((await run(["tenants", "add", "ACME"])).code).toBe(2);
  const added = await run(["tenants", "add", "acme"]);
  expect(added.code, added.err).toBe(0);
  const otto = { ...ben, phone: "+4930123457", name: "Otto", invite_code: added.out.trim() };
  expect((await bare.call("auth.signUp", { body: otto })).data.user).toMatchObject({ role: "owner", tenant: "acme" });
  expect((await run(["tenants", "add", "acme"])).code).not.toBe(0);
  const tenants: unknown = JSON.parse((await run(["tenants", "list", "--json=id,people,state"])).out);
  expect(tenants).toEqual([
    { id: "acme", people: 1, state: "used" },
    { id: "default", people: 2, state: "used" },
  ]);
  expect(JSON.parse((await run(["users", "list", "--json"])).out)).toHaveLength(2);

  // It is shut, let in again, and ended with a receipt.
  const ottos = { phone: otto.phone, password: otto.password };
  expect((await run(["tenants", "suspend", "acme"])).code).toBe(0);
  await expect(bare.call("auth.logIn", { body: ottos })).rejects.toMatchObject({ code: "identity-suspended" });
  expect((await run(["tenants", "resume", "acme"])).code).toBe(0);
  expect((await bare.call("auth.logIn", { body: ottos })).data.user.name).toBe("Otto");
  const slip = await run(["tenants", "end", "acme", "--confirm", "acne"]);
  expect([slip.code, slip.out]).toEqual([2, ""]);
  const ended = await run(["tenants", "end", "acme", "--confirm", "acme"]);
  expect(ended.code, ended.err).toBe(0);
  expect(ended.out).toContain("what: the organisation acme, everybody of it and everything of theirs\n");
  expect(JSON.parse((await run(["tenants", "list", "--json=id,people,state"])).out)[0]).toEqual({
    id: "acme",
    people: 0,
    state: "ended",
  });
});
