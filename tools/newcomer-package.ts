/**
 * `npm run newcomer -- --package`: proves the npm package as somebody would use it who has Node 24 and never saw the repository.
 *
 * The package is made, packed and installed from its archive into an empty folder. On the oldest Node that is promised, with an empty HOME, it is
 * started, claimed and told something; it answers, finds, imports a WhatsApp export and serves its pages. Killed with SIGKILL and
 * started again, nothing is missing and `verify` agrees. It measures nothing: the machine's npm cache is used. Not on Windows.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";

import { answers, bareEnvironment, must, say, stop, until } from "./newcomer-steps.ts";

/** The oldest Node that the package promises to run on. */
const NODE_VERSION = "24.21.0";
const COMMAND_MS_MAX = 60_000;
const INSTALL_MS_MAX = 300_000;

const CHAT = `${[
  "[13/02/2026, 09:14:02] Ann: Grandpa's boat is called Marigold",
  "[13/02/2026, 09:15:40] Tom: She lies in the harbour of Wismar",
  "[14/02/2026, 18:02:11] Ann: The regatta begins on Saturday",
].join("\n")}\n`;

/** What the package is run with: the folder it is installed in, and the environment of somebody who has only Node 24. */
interface Installed {
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * Walks the way.
 * @param root the repository
 * @param folder an empty folder, which the caller removes
 */
export async function packageWay(root: string, folder: string): Promise<void> {
  const installed = install(root, folder);
  say("   kaelix --version");
  must("the command runs", /^\d+\.\d+\.\d+\n$/.test(kaelix(installed, ["--version"])));
  await withServer(installed, async (server) => {
    const [, claimCode = ""] = /#c=(\S+)/.exec(server.output()) ?? [];
    kaelix(installed, ["signup", "--phone", "+1234567890", "--name", "Ann", "--claim", claimCode]);
    await showsPages(server.url);
    kaelix(installed, ["add", "--wait", "indexed", "--level", "confidential", "Mum is allergic to walnuts"]);
    const chat = join(folder, "WhatsApp Chat with Tom.txt");
    writeFileSync(chat, CHAT);
    const said = ["--me", "Ann", "--zone", "Europe/Berlin", "--date-order", "day-first", "--level", "general"];
    kaelix(installed, ["import", "run", chat, ...said]);
    knowsAll(installed);
    const ended = once(server.process, "close");
    server.process.kill("SIGKILL");
    await ended;
  });
  await withServer(installed, async () => {
    knowsAll(installed);
    must("verify agrees after kill -9", kaelix(installed, ["verify", "--json"]).includes('"agree":true'));
    const exported = kaelix(installed, ["export"]).trimEnd().split("\n");
    must("four memories are exported", exported.length === 4);
  });
  must("it answers without a server too", kaelix(installed, ["ask", "what is Mum allergic to?"]).includes("walnuts"));
}

function install(root: string, folder: string): Installed {
  const app = join(folder, "app");
  const runtime = join(folder, "node");
  for (const made of [app, runtime]) {
    mkdirSync(made);
    writeFileSync(join(made, "package.json"), "{}");
  }
  const npm = (parameters: readonly string[], cwd: string): void => {
    const { status } = spawnSync("npm", parameters, { cwd, stdio: "ignore", timeout: INSTALL_MS_MAX });
    must(`npm ${parameters.join(" ")}`, status === 0);
  };
  npm(["run", "package"], root);
  npm(["pack", "./dist/package", "--pack-destination", folder], root);
  const archive = readdirSync(folder).find((name) => name.endsWith(".tgz")) ?? "";
  const platform = `${process.platform}-${process.arch}`;
  npm(["install", "--no-audit", "--no-fund", `node-${platform}@${NODE_VERSION}`], runtime);
  const bare = bareEnvironment(join(folder, "home"));
  const environment = {
    ...bare,
    PATH: [join(runtime, "node_modules", `node-${platform}`, "bin"), bare["PATH"]].join(delimiter),
    KAELIX_PORT: "0",
    KAELIX_PASSWORD: "testpassword",
  };
  npm(["install", "--no-audit", "--no-fund", join("..", archive)], app);
  return { folder: app, environment };
}

/** Runs a command to its end: what it printed. */
function kaelix(installed: Installed, parameters: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync("node_modules/.bin/kaelix", parameters, {
    cwd: installed.folder,
    env: installed.environment,
    encoding: "utf8",
    timeout: COMMAND_MS_MAX,
    killSignal: "SIGKILL",
  });
  if (status !== 0) throw new Error(`kaelix ${parameters.join(" ")} ended with ${status}:\n${stdout}${stderr}`);
  return stdout;
}

interface Server {
  readonly url: string;
  readonly process: ChildProcess;
  output(): string;
}

/** Starts the server, does the work when it is ready, and stops it. */
async function withServer(installed: Installed, work: (server: Server) => Promise<void>): Promise<void> {
  const child = spawn("node_modules/.bin/kaelix", ["serve"], {
    cwd: installed.folder,
    env: installed.environment,
    detached: true,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let output = "";
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  try {
    const printed = await until(() => /http:\/\/\S+/.exec(output)?.[0], COMMAND_MS_MAX);
    const url = new URL(printed ?? "http://none.invalid").origin;
    const isReady = await until(() => answers(`${url}/ready`), COMMAND_MS_MAX);
    if (isReady !== true) throw new Error(`The server did not become ready:\n${output}`);
    must(`ready on ${/node [\d.]+/.exec(output)?.[0] ?? "an unknown Node"}`, output.includes(`node ${NODE_VERSION}`));
    await work({ url, process: child, output: () => output });
  } finally {
    await stop(child);
  }
}

/** The page and all that it asks for. */
async function showsPages(url: string): Promise<void> {
  const page = await (await fetch(url, { headers: { accept: "text/html" } })).text();
  const parts = [...page.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map((match) => match[1] ?? "");
  const found = await Promise.all(parts.map((part) => answers(`${url}${part}`)));
  must("it serves the page with its parts", parts.length > 1 && found.every((one) => one === true));
}

function knowsAll(installed: Installed): void {
  must("it answers with its source", kaelix(installed, ["ask", "what is Mum allergic to?"]).includes("walnuts"));
  must("it finds what was imported", kaelix(installed, ["search", "harbour"]).includes("Wismar"));
  must(
    "it says what it does not know",
    kaelix(installed, ["ask", "--json", "who won the opera prize?"]).includes('"nothing"'),
  );
}
