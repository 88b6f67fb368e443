/** What the newcomer's ways have in common: starting the product, waiting for it, saying what held. */
import type { ChildProcess } from "node:child_process";
import { delimiter } from "node:path";

/** Environment of somebody who has only Node and npm: an empty HOME, no programs of a repository on the path. */
export function bareEnvironment(home: string): NodeJS.ProcessEnv {
  const path = (process.env["PATH"] ?? "").split(delimiter).filter((part) => !part.includes("node_modules"));
  return { PATH: path.join(delimiter), HOME: home, LANG: process.env["LANG"] ?? "C.UTF-8" };
}

/** Ends a process and those it started, as Ctrl+C would. */
export async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("close", resolve));
  process.kill(-child.pid, "SIGINT");
  await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 15_000))]);
}

/** True when a page is there; undefined when not. */
export async function answers(url: string): Promise<true | undefined> {
  try {
    const response = await fetch(url);
    return response.ok ? true : undefined;
  } catch {
    return undefined;
  }
}

/** Looks until something is found, or undefined when the time is over. */
export async function until<Found>(
  look: () => Found | undefined | Promise<Found | undefined>,
  limitMs: number,
): Promise<Found | undefined> {
  const deadlineMs = performance.now() + limitMs;
  while (performance.now() < deadlineMs) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return undefined;
}

/** Says that something holds, or ends the way. */
export function must(what: string, holds: boolean): void {
  if (!holds) throw new Error(`newcomer: ${what}: failed`);
  say(`   ✔ ${what}`);
}

/** Says a line. */
export function say(line: string): void {
  console.log(line);
}

/** Milliseconds for people. */
export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
