/**
 * `kaelix doctor`: looks at machine and data directory without changing anything that is there. In the data directory, or where it
 * would be, a folder is made and taken away at once: no question to the system tells as surely whether one can be made.
 */
import { constants } from "node:fs";
import { access, lstat, mkdtemp, rmdir, stat, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";

import { createClient } from "@kaelix/contract";
import { findRunningServer, type RunningServer, systemCodeOf } from "@kaelix/coordinator";
import { verifyLog, type VerifyProblem } from "@kaelix/log";
import { accountRights } from "@kaelix/views";

import { targetOf } from "./backup/settings.ts";
import { pointsAt, testsAt } from "./backup/store.ts";
import { dataPaths } from "./data-directory.ts";
import { LOSS_ADVICE } from "./log-damage.ts";
import { sentLevel } from "./provider/house-provider.ts";
import { readSettings, type ServerSettings } from "./settings.ts";

/** One thing that was looked at. `text` says what is, and when it is not well, what to do. */
export interface Finding {
  readonly name: string;
  readonly ok: boolean;
  readonly text: string;
}

const NODE_MAJOR_MIN = 24;
const FREE_GIB_MIN = 1;
const PROBLEMS_NAMED_MAX = 5;
const HOUR_MS = 3_600_000;
/** A backup that is so many times older than it should be is late. */
const LATE_TIMES = 2;
/** Small files that opening makes again from the records. */
const REMADE_KINDS: readonly VerifyProblem["kind"][] = ["index", "checkpoint"];

/** Everything the doctor looks at, in order. */
export async function findProblems(dataDirectory: string | undefined): Promise<readonly Finding[]> {
  const settings = readSettings(process.env, dataDirectory === undefined ? {} : { dataDirectory });
  const paths = dataPaths(settings);
  const running = await findRunningServer(dataDirectory);
  return [
    nodeFinding(),
    await folderFinding(paths.root),
    await spaceFinding(paths.root),
    await keyFinding(paths.keyFile),
    await logFinding(paths.log, running !== undefined),
    await databaseFinding(settings.databaseUrl),
    await backupFinding(settings),
    providerFinding(settings),
    await serverFinding(running),
    await signingFinding(running),
  ];
}

function nodeFinding(): Finding {
  const major = Number(process.versions.node.split(".")[0]);
  const ok = major >= NODE_MAJOR_MIN;
  return {
    name: "node",
    ok,
    text: ok ? process.versions.node : `${process.versions.node}, must be ${NODE_MAJOR_MIN} or newer`,
  };
}

async function folderFinding(root: string): Promise<Finding> {
  const found = await stat(root).catch(() => undefined);
  if (found === undefined) return missingFolderFinding(root);
  if (!found.isDirectory())
    return { name: "data", ok: false, text: `${root} is not a folder: choose another with --data` };
  const refused = (await access(root, constants.R_OK | constants.X_OK).catch(systemCodeOf)) ?? (await probe(root));
  if (refused !== undefined) return { name: "data", ok: false, text: unwritable(root, refused) };
  const isPrivate = process.platform === "win32" || (found.mode & 0o077) === 0;
  const text = isPrivate ? root : `${root} can be read by others: run chmod 700 ${root}`;
  return { name: "data", ok: isPrivate, text };
}

/** A data directory that is not there yet: can it be made? */
async function missingFolderFinding(root: string): Promise<Finding> {
  const name = "data";
  let above = root;
  for (;;) {
    const found = await stat(above).catch(systemCodeOf);
    if (typeof found !== "string") {
      if (!found.isDirectory()) return { name, ok: false, text: `${root} cannot be made: ${above} is not a folder` };
      break;
    }
    const isLink = await lstat(above).then(
      (entry) => entry.isSymbolicLink(),
      () => false,
    );
    if (isLink) return { name, ok: false, text: `${root} cannot be made: ${above} is a link to nothing` };
    const isMissing = found === "ENOENT" || found === "ENOTDIR";
    if (!isMissing || dirname(above) === above) return { name, ok: false, text: unwritable(root, found) };
    above = dirname(above);
  }
  const refused = await probe(above);
  if (refused !== undefined) return { name, ok: false, text: unwritable(root, refused, above) };
  return { name, ok: true, text: `${root} does not exist yet; the first start makes it` };
}

/** Why nothing can be made in a folder; undefined when something can. */
async function probe(folder: string): Promise<string | undefined> {
  try {
    await rmdir(await mkdtemp(join(folder, ".kaelix-probe-")));
    return undefined;
  } catch (cause) {
    return systemCodeOf(cause);
  }
}

function unwritable(root: string, code: string, above?: string): string {
  const what = above === undefined ? `${root} cannot be used` : `${root} cannot be made in ${above}`;
  return `${what} (${code}): it must be a folder that this user can write; choose another with --data`;
}

/** Reads the whole log. Beside a running server what is being appended may look cut off: that alone is no finding. */
async function logFinding(directory: string, isRunning: boolean): Promise<Finding> {
  const name = "log";
  const found = await stat(directory).catch(() => undefined);
  if (found === undefined) return { name, ok: true, text: "not looked at: there is no log yet" };
  try {
    const { bytes, problems, records } = await verifyLog(directory);
    const wrong = problems.filter(({ kind }) => kind !== "tail");
    const cutOff = isRunning ? 0 : problems.length - wrong.length;
    const more =
      cutOff === 0 ? "" : "; the end of the last write was cut off by a crash, and the next start puts it aside";
    if (wrong.length === 0) return { name, ok: true, text: `${records} records, ${bytes} bytes, all whole${more}` };
    const named = wrong.slice(0, PROBLEMS_NAMED_MAX).map(problemText);
    const rest = wrong.length > named.length ? ` and ${wrong.length - named.length} more` : "";
    const isLoss = wrong.some(({ kind }) => !REMADE_KINDS.includes(kind));
    const advice = isLoss
      ? `the log has lost records. ${LOSS_ADVICE}`
      : "records are whole; the next start makes it anew";
    return { name, ok: false, text: `${named.join("; ")}${rest}: ${advice}` };
  } catch (cause) {
    return { name, ok: false, text: `${directory} cannot be read (${systemCodeOf(cause)})` };
  }
}

/** Whether the account of PostgreSQL may do no more than it must: who gets hold of it can do what it may. */
async function databaseFinding(url: string | undefined): Promise<Finding> {
  const name = "database";
  if (url === undefined) return { name, ok: true, text: "embedded" };
  try {
    const { account, spare } = await accountRights(url);
    if (spare.length === 0) return { name, ok: true, text: `${account} may do what is needed and no more` };
    const less = spare.map((right) => `no${right}`).join(" ");
    const text = `${account} may do more than is ever needed (${spare.join(", ")}): as another administrator, run alter role ${account} ${less}`;
    return { name, ok: false, text };
  } catch (cause) {
    return {
      name,
      ok: false,
      text: `cannot be asked (${systemCodeOf(cause)}): does it run, and is DATABASE_URL right?`,
    };
  }
}

/** When the last backup was made and a restore was last tried. No place set is no finding, but it is said. */
async function backupFinding(settings: ServerSettings): Promise<Finding> {
  const name = "backup";
  if (settings.logUrl !== undefined) {
    return { name, ok: true, text: "the log is kept on a Kafka cluster: back that up with its own tools" };
  }
  if (settings.backupPlace === undefined) {
    return { name, ok: true, text: "no backups are made: KAELIX_BACKUP names a place for them, best on another disk" };
  }
  try {
    const target = await targetOf(settings);
    const [[newest], [tested]] = [await pointsAt(target), await testsAt(target)];
    if (newest === undefined)
      return { name, ok: false, text: `there is none at ${target.text} yet: kaelix backup create` };
    const nowMs = Date.now();
    const ok = nowMs - newest.atMs <= settings.backupHours * HOUR_MS * LATE_TIMES;
    const tried =
      tested === undefined
        ? "a restore was never tried: kaelix restore --verify-only"
        : `a restore was last tried ${new Date(tested.atMs).toISOString()}`;
    return {
      name,
      ok,
      text: `the newest is of ${new Date(newest.atMs).toISOString()}${ok ? "" : ", which is late"}; ${tried}`,
    };
  } catch (failure) {
    return { name, ok: false, text: failure instanceof Error ? failure.message : "the place cannot be used" };
  }
}

/** Whether what is set for AI providers can be used, and what leaves the house. Nobody is asked: that costs money. */
function providerFinding(settings: ServerSettings): Finding {
  const name = "provider";
  const { aiModel, aiUrl, embedModel, embedUrl } = settings;
  if (aiUrl === undefined && embedUrl === undefined)
    return { name, ok: true, text: "none is set: nothing is sent to any AI provider" };
  const missing = [
    ...(aiUrl !== undefined && aiModel === undefined ? ["KAELIX_AI_MODEL"] : []),
    ...(embedUrl !== undefined && embedModel === undefined ? ["KAELIX_EMBED_MODEL"] : []),
  ];
  if (missing.length > 0)
    return { name, ok: false, text: `the server will not start: ${missing.join(" and ")} must be set too` };
  const levels = sentLevel(settings) === 1 ? "level 1" : "levels 1 and 2";
  const text = `texts of ${levels} go to an AI provider: kaelix provider says to which, and what it costs`;
  return { name, ok: true, text };
}

function problemText({ detail, file, firstOffset, nextOffset, partition, topic }: VerifyProblem): string {
  const place = partition < 0 ? topic : `${topic}/${partition}`;
  const range =
    firstOffset === undefined || nextOffset === undefined ? "" : ` offsets ${firstOffset} to ${nextOffset - 1}`;
  return `${place}${range} (${file}): ${detail}`;
}

async function spaceFinding(root: string): Promise<Finding> {
  const found = await statfs(root).catch(() => undefined);
  if (found === undefined) return { name: "disk", ok: true, text: "not looked at: there is no data directory yet" };
  const freeGib = (found.bavail * found.bsize) / 2 ** 30;
  const ok = freeGib >= FREE_GIB_MIN;
  return {
    name: "disk",
    ok,
    text: `${freeGib.toFixed(1)} GiB free${ok ? "" : `, should be ${FREE_GIB_MIN} GiB at least`}`,
  };
}

async function keyFinding(keyFile: string): Promise<Finding> {
  const found = await stat(keyFile).catch(() => undefined);
  if (found === undefined) return { name: "key", ok: true, text: "no key file yet; the first start makes it" };
  const isPrivate = process.platform === "win32" || (found.mode & 0o077) === 0;
  const text = isPrivate
    ? `${keyFile}: keep a copy of it in another place than the backups of the log`
    : `${keyFile} can be read by others: run chmod 400 ${keyFile}, and think about who may have read it`;
  return { name: "key", ok: isPrivate, text };
}

async function serverFinding(running: RunningServer | undefined): Promise<Finding> {
  if (running === undefined) return { name: "server", ok: true, text: "not running on this data directory" };
  const response = await fetch(`${running.url}/ready`).catch(() => undefined);
  const ok = response?.ok === true;
  return { name: "server", ok, text: ok ? `ready at ${running.url}` : `running at ${running.url}, but not ready` };
}

/** Whether what tokens and the audit log are signed with is renewed in time: a running server knows. */
async function signingFinding(running: RunningServer | undefined): Promise<Finding> {
  const name = "signing keys";
  if (running === undefined) return { name, ok: true, text: "not looked at: the server does not run" };
  const client = createClient({ baseUrl: running.url, accessToken: () => running.operatorToken });
  const found = await client.call("signingKeys.read").catch(() => undefined);
  if (found === undefined) return { name, ok: true, text: "not looked at: the server does not say" };
  const { keys, problem, renewed_after_days: days } = found.data;
  const late = keys.filter((key) => key.late).map(({ purpose, since }) => `that of ${purpose} signs since ${since}`);
  if (late.length === 0) return { name, ok: true, text: `each is renewed after ${days} days` };
  const why = problem === null ? "" : ` (${problem})`;
  return { name, ok: false, text: `${late.join(", ")}${why}: kaelix signing-keys renew` };
}
