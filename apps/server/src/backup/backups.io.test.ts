import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { ManualClock, systemRandom } from "@kaelix/base";
import { makeLogger } from "@kaelix/coordinator";
import { openStreamerLog } from "@kaelix/log";
import { DEFAULT_TENANT, makeId, TOPICS } from "@kaelix/model";
import { openFileKek, openKeystore } from "@kaelix/security";
import { afterEach, expect, test } from "vitest";

import { readSettings } from "../settings.ts";
import { Backups } from "./backups.ts";

const folder = mkdtempSync(join(tmpdir(), "kaelix-backups-"));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("Backups.look makes what is due, after an erasure the head alone, and Backups.refresh follows the key", async () => {
  const place = join(folder, "backups");
  const clock = new ManualClock(Date.UTC(2026, 10, 21));
  const log = await openStreamerLog({ directory: join(folder, "log"), settings: { background: false } });
  const kek = await openFileKek(join(folder, "kek.json"), { clock });
  const keystore = await openKeystore({ log, kek, clock });
  const settings = readSettings({ KAELIX_BACKUP: place });
  const logger = makeLogger("silent");
  const database = { withSnapshot: () => Promise.resolve(undefined) };
  const fields = { installation: "this", version: "0", random: systemRandom, database };
  const backups = new Backups({ settings, log, kek, clock, logger, ...fields });
  const counts = (): readonly number[] => ["points", "heads"].map((name) => readdirSync(join(place, name)).length);
  const head = (): string => readdirSync(join(place, "heads"))[0] ?? "";

  await backups.look();
  expect(counts()).toEqual([1, 1]);
  const first = head();
  clock.advance(60_000);
  await backups.look();
  expect([head(), counts()], "nothing is due").toEqual([first, [1, 1]]);
  await keystore.ensureUserKey(DEFAULT_TENANT, makeId("usr", 1, systemRandom));
  await log.createTopic(TOPICS.erasures);
  backups.noteTaken();
  await backups.look();
  expect(head(), "the head is renewed").not.toBe(first);
  expect(counts(), "no point is made, the old head is gone").toEqual([1, 1]);
  await kek.rotate();
  await backups.refresh();
  const header: { wrapped: { version: number } } = JSON.parse(readFileSync(join(place, "kaelix-backup.json"), "utf8"));
  expect(header.wrapped.version).toBe(2);
  clock.advance(settings.backupHours * 3_600_000);
  await backups.look();
  expect(counts()).toEqual([2, 1]);
  clock.advance((settings.backupKeepDays + 1) * 86_400_000);
  await backups.look();
  expect(counts(), "points that are too old go").toEqual([1, 1]);

  const stranger = new Backups({ settings, log, kek, clock, logger, ...fields, installation: "another" });
  await expect(stranger.run()).rejects.toMatchObject({ code: "backup-foreign" });
  expect((await backups.status()).problem).toBeUndefined();
  await keystore.close();
  await log.close();
});
