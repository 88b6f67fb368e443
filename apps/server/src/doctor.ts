/** `kaelix doctor`: looks at machine and data directory without changing anything. */
import { stat, statfs } from "node:fs/promises";

import { findRunningServer } from "@kaelix/coordinator";

import { dataPaths } from "./data-directory.ts";
import { readSettings } from "./settings.ts";

/** One thing that was looked at. `text` says what is, and when it is not well, what to do. */
export interface Finding {
  readonly name: string;
  readonly ok: boolean;
  readonly text: string;
}

const NODE_MAJOR_MIN = 24;
const FREE_GIB_MIN = 1;

/** Everything the doctor looks at, in order. */
export async function findProblems(dataDirectory: string | undefined): Promise<readonly Finding[]> {
  const settings = readSettings(process.env, dataDirectory === undefined ? {} : { dataDirectory });
  const paths = dataPaths(settings);
  return [
    nodeFinding(),
    await folderFinding(paths.root),
    await spaceFinding(paths.root),
    await keyFinding(paths.keyFile),
    await serverFinding(dataDirectory),
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
  if (found === undefined)
    return { name: "data", ok: true, text: `${root} does not exist yet; the first start makes it` };
  if (!found.isDirectory())
    return { name: "data", ok: false, text: `${root} is not a folder: choose another with --data` };
  const isPrivate = process.platform === "win32" || (found.mode & 0o077) === 0;
  const text = isPrivate ? root : `${root} can be read by others: run chmod 700 ${root}`;
  return { name: "data", ok: isPrivate, text };
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

async function serverFinding(dataDirectory: string | undefined): Promise<Finding> {
  const running = await findRunningServer(dataDirectory);
  if (running === undefined) return { name: "server", ok: true, text: "not running on this data directory" };
  const response = await fetch(`${running.url}/ready`).catch(() => undefined);
  const ok = response?.ok === true;
  return { name: "server", ok, text: ok ? `ready at ${running.url}` : `running at ${running.url}, but not ready` };
}
