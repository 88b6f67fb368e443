/** A log on the disk, its keys, and a view of it over a database that the tests of a file share, without a server around them. */
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { ManualClock, seededRandom } from "@kaelix/base";
import { openStreamerLog } from "@kaelix/log";
import { TOPICS } from "@kaelix/model";
import { openFileKek, openKeystore } from "@kaelix/security";
import { createRelationalView, type PgliteDatabase, ViewRunner } from "@kaelix/views";

/** Opens one, in a new folder that whoever asked removes. Segments are small, so that what is written lies in closed ones. */
export async function openBareHouse(
  database: PgliteDatabase,
  { seed, segmentBytesMax }: { readonly seed: number; readonly segmentBytesMax: number },
) {
  const folder = mkdtempSync(join(tmpdir(), "kaelix-bare-"));
  const directory = join(folder, "log");
  const clock = new ManualClock(1_750_000_000_000);
  const random = seededRandom(seed);
  const log = await openStreamerLog({ directory, clock, settings: { background: false, segmentBytesMax } });
  for (const topic of Object.values(TOPICS)) await log.createTopic(topic);
  const keystore = await openKeystore({ log, kek: await openFileKek(join(folder, "kek.json")), clock, random });
  const view = createRelationalView(database);
  await view.reset();
  const runner = new ViewRunner({ log, views: [view], clock, deadLetters: false, snapshotEveryMs: 0 });
  await runner.catchUp();
  const close = async (): Promise<void> => {
    await runner.stop();
    await keystore.close();
    await log.close();
  };
  return { clock, close, directory, folder, keystore, log, random, runner, view };
}

/** How many of some texts or bytes stand anywhere in the files of a directory. */
export function countIn(directory: string, needles: readonly (string | Uint8Array)[]): number {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const contents = entries.map((entry) => readFileSync(join(entry.parentPath, entry.name)));
  return needles.filter((needle) => contents.some((content) => content.includes(needle))).length;
}
