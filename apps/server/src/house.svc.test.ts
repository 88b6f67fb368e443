import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createClient } from "@kaelix/contract";
import { expect, test } from "vitest";

import { openFreshPostgres } from "../../../packages/views/src/relational/testing/postgres-database.ts";
import { findProblems } from "./doctor.ts";
import { openHouse } from "./server.ts";

test("the whole house runs on PostgreSQL by configuration alone", async () => {
  const database = await openFreshPostgres();
  const data = mkdtempSync(join(tmpdir(), "kaelix-postgres-"));
  process.env["DATABASE_URL"] = database.url;
  process.env["KAELIX_CLAIM_CODE"] = "TEST-CODE";
  try {
    let house = await openHouse({ dataDirectory: data });
    const signUp = { phone: "+1234567890", name: "Ann", password: "testpassword", claim_code: "TEST-CODE" };
    const bare = createClient({ baseUrl: "http://localhost", fetch: house.fetch });
    const { data: session } = await bare.call("auth.signUp", { body: signUp });
    const client = createClient({
      baseUrl: "http://localhost",
      fetch: house.fetch,
      accessToken: () => session.access_token,
    });
    const body = { text: "Mum is allergic to walnuts", external_id: "walnuts" };
    const told = await client.call("memories.create", { body }, { waitSeconds: 5, until: "indexed" });
    expect((await client.call("memories.create", { body })).data.status).toBe("known");
    const { data: answer } = await client.call("answers.ask", { body: { question: "what is Mum allergic to?" } });
    expect(answer).toMatchObject({ kind: "quoted" });
    expect((await client.call("status.read")).data.engines.relational).toBe("PostgreSQL");
    await house.close();

    // Everything the database held comes back from the log.
    await database.queries.deleteFrom("memories").execute();
    await database.queries.deleteFrom("view_offsets").execute();
    house = await openHouse({ dataDirectory: data });
    const again = createClient({
      baseUrl: "http://localhost",
      fetch: house.fetch,
      accessToken: () => session.access_token,
    });
    const { data: read } = await again.call("memories.read", { params: { id: told.data.memory.id } });
    expect(read.text).toBe(body.text);
    expect((await again.call("verifications.run")).data.agree).toBe(true);
    await house.close();
    // The account of these tests administers the whole server.
    const found = async () => (await findProblems(data)).find(({ name }) => name === "database");
    expect(await found()).toEqual({
      name: "database",
      ok: false,
      text: expect.stringMatching(/superuser.* run alter role \S+ nosuperuser/),
    });
    process.env["DATABASE_URL"] = "postgres://nobody:secret@127.0.0.1:1/none";
    expect((await found())?.text).toMatch(/^cannot be asked \(ECONNREFUSED\)/);
  } finally {
    delete process.env["DATABASE_URL"];
    delete process.env["KAELIX_CLAIM_CODE"];
    await database.close();
    rmSync(data, { recursive: true, force: true });
  }
});
