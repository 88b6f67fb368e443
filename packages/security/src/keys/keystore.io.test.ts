/** The keystore and the identity service over the embedded log, on a disk. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { systemRandom } from "@kaelix/base";
import { openStreamerLog } from "@kaelix/log";
import { DEFAULT_TENANT, makeId } from "@kaelix/model";
import { expect, test } from "vitest";

import { openIdentity } from "../identity/identity.ts";
import { makePasswords } from "../identity/passwords.ts";
import { openContent, sealContent } from "../sealing/content.ts";
import { OWNER, TEST_CLAIM_CODE } from "../testing/identity.ts";
import { MemoryIdentityStore } from "../testing/memory-identity-store.ts";
import { openFileKek } from "./file-kek.ts";
import { openKeystore } from "./keystore.ts";

test("openKeystore and openIdentity find everything again on a reopened embedded log", async () => {
  const directory = await mkdtemp(join(tmpdir(), "kaelix-security-"));
  const open = async () => {
    const log = await openStreamerLog({ directory: join(directory, "log") });
    const kek = await openFileKek(join(directory, "kek.json"));
    const keystore = await openKeystore({ log, kek });
    const passwords = await makePasswords({ memoryKib: 64, passes: 1 });
    const store = new MemoryIdentityStore(log);
    const identity = await openIdentity({ log, keystore, store, claimCode: TEST_CLAIM_CODE, passwords });
    const close = async (): Promise<void> => {
      await keystore.close();
      await log.close();
    };
    return { log, keystore, identity, store, close };
  };
  try {
    const first = await open();
    const signed = await first.identity.signUp(OWNER);
    const { user } = signed.profile;
    const memories = Array.from({ length: 200 }, () => makeId("mem", Date.now(), systemRandom));
    const items = memories.map((memory) => ({ tenant: DEFAULT_TENANT, user, memory, level: 2 as const }));
    const prepared = await first.keystore.prepareMemoryKeys(items);
    const sources = { nowMs: Date.now(), random: systemRandom };
    const sealed = prepared.keys.map((key, at) => sealContent(key, 1, { text: `memory ${at}`, reasons: [] }, sources));
    await first.log.append("keys", 0, prepared.records, { acknowledge: "durable" });
    await first.keystore.shredMemories(memories.slice(0, 10));
    expect(first.keystore.status()).toMatchObject({ memories: 190, pending: 0, following: true });
    await first.close();

    const second = await open();
    expect(second.keystore.status()).toMatchObject({ memories: 190, users: 2, quarantined: 0 });
    const answers = await second.keystore.memoryKeys(memories.map((memory) => ({ memory })));
    for (const [at, answer] of answers.entries()) {
      expect(answer.type).toBe(at < 10 ? "absent" : "key");
      if (answer.type !== "key") continue;
      expect(openContent(answer.key, 1, sealed[at] ?? "")).toMatchObject({ content: { text: `memory ${at}` } });
    }
    expect((await second.identity.authenticate(signed.accessToken)).type).toBe("user");
    expect((await second.identity.refresh(signed.refreshToken)).profile).toEqual(signed.profile);
    await second.close();
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
