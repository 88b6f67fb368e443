/** Starting the product: the gateway listens first, then the house opens behind it. */
import { X509Certificate } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { parseConfig, systemClock, systemRandom } from "@kaelix/base";
import { captureErrors, sourceErrors } from "@kaelix/capture";
import { findRunningServer, makeLogger, removeRunFile, type ServiceStep, writeRunFile } from "@kaelix/coordinator";
import { createGateway, type Gateway, gatewaySettings } from "@kaelix/gateway";
import { logErrors } from "@kaelix/log";
import { makeClaimCode, securityErrors } from "@kaelix/security";
import { searchErrors, viewErrors } from "@kaelix/views";

import { type DataPaths, dataPaths, isProbablyClaimed, prepareDataDirectory } from "./data-directory.ts";
import { serverErrors } from "./errors.ts";
import { House } from "./house.ts";
import { readSettings, type ServerSettings } from "./settings.ts";
import { openTls, tlsFolder } from "./tls/open-tls.ts";
import type { TlsIdentity } from "./tls/own-authority.ts";

/** The version of this build. */
export const VERSION = "0.1.0";

/** What starting needs to know; everything else comes from the environment. */
export interface StartOptions {
  readonly dataDirectory?: string;
  readonly host?: string;
  readonly port?: number;
  /** Serves HTTPS under an authority of the installation's own. */
  readonly tls?: boolean;
  readonly onSteps?: (steps: readonly ServiceStep[]) => void;
  /** Called as soon as the port is open, before anything else is. */
  readonly onListening?: (listening: ListeningNews) => void;
  readonly onNotice?: (notice: string) => void;
}

/** What to tell the person once the port is open. */
export interface ListeningNews {
  readonly version: string;
  readonly dataDirectory: string;
  readonly url: string;
  /** Where to begin: with the claim code until somebody has signed up. */
  readonly openUrl: string;
  readonly port: number;
  /** The port asked for, when another was taken instead. */
  readonly portTaken: number | undefined;
  readonly isLoopback: boolean;
  /** How it is encrypted: `own` names the authority's certificate and its fingerprint; null: not at all. */
  readonly tls:
    | { readonly type: "own"; readonly path: string; readonly fingerprint: string }
    | { readonly type: "given" }
    | null;
}

/** A server that is ready. */
export interface RunningProduct {
  readonly url: string;
  /** Drains and closes; answers with what could not be closed cleanly. */
  close(): Promise<readonly Error[]>;
}

/** A house open in this process, without a port. */
export interface OpenHouse {
  /** `fetch` that goes straight to the gateway. */
  readonly fetch: typeof fetch;
  readonly operatorToken: string;
  close(): Promise<void>;
}

const NODE_MAJOR_MIN = 24;
const ERROR_TABLES = [
  captureErrors.table,
  sourceErrors.table,
  logErrors.table,
  securityErrors.table,
  viewErrors.table,
  searchErrors.table,
  serverErrors.table,
];

interface Built {
  readonly settings: ServerSettings;
  readonly gateway: Gateway;
  readonly house: House;
  readonly claimCode: string;
  readonly tls: TlsIdentity | undefined;
}

async function build(options: StartOptions, serves: boolean): Promise<Built> {
  const major = Number(process.versions.node.split(".")[0]);
  if (major < NODE_MAJOR_MIN) {
    throw serverErrors("node-too-old", {
      message: `Cannot run on Node ${process.versions.node}: must be ${NODE_MAJOR_MIN} or newer`,
    });
  }
  const { dataDirectory, host, port } = options;
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65_535))
    throw serverErrors("port-refused", {
      message: `Cannot listen on port ${port}: it must be a whole number from 0 to 65535`,
    });
  const settings = readSettings(process.env, {
    ...(dataDirectory === undefined ? {} : { dataDirectory }),
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port }),
    ...(options.tls === undefined ? {} : { tls: options.tls }),
  });
  const logger = makeLogger(settings.logLevel);
  const claimCode = settings.claimCode ?? makeClaimCode(systemRandom);
  const paths = dataPaths(settings);
  const gatewayValues = parseConfig(gatewaySettings, process.env);
  const house = new House({
    version: VERSION,
    publicOrigins: gatewayValues.publicOrigins,
    settings,
    logger,
    claimCode,
    paths,
    onSteps: options.onSteps ?? (() => undefined),
    onNotice: options.onNotice ?? (() => undefined),
  });
  const webRoot = join(import.meta.dirname, "../../web/dist");
  const given = { publicOrigins: gatewayValues.publicOrigins, nowMs: systemClock.nowMs() };
  // A command that opens the house in its own process speaks to nobody.
  const tls = serves ? await openTls(settings, paths, given) : undefined;
  const gateway = createGateway({
    settings: gatewayValues,
    describe: () => house.describe(),
    clock: systemClock,
    log: logger,
    errorTables: ERROR_TABLES,
    isReachable: serves,
    ...(existsSync(webRoot) ? { webRoot } : {}),
    ...(tls === undefined ? {} : { tls }),
  });
  return { settings, gateway, house, claimCode, tls };
}

/**
 * Starts the server: listens at once, then opens the house.
 * @throws KaelixErrors that say what is safe and what to do; the port is closed again
 */
export async function startServer(options: StartOptions = {}): Promise<RunningProduct> {
  const { settings, gateway, house, claimCode, tls } = await build(options, true);
  const paths = dataPaths(settings);
  const { host, port } = settings;
  // Before anything is printed: an address and a claim code of a server that then refuses to start help nobody.
  await refuseSecondServer(paths);
  await prepareDataDirectory(paths);
  const listening = await gateway.listen({ host, port });
  const isClaimed = await isProbablyClaimed(paths);
  options.onListening?.({
    version: VERSION,
    dataDirectory: paths.root,
    url: listening.url,
    openUrl: isClaimed ? `${listening.url}/` : `${listening.url}/start#c=${claimCode}`,
    port: listening.port,
    portTaken: listening.moved ? port : undefined,
    isLoopback: ["127.0.0.1", "::1", "localhost"].includes(host),
    tls: tls === undefined ? null : newsOf(tls, paths),
  });
  try {
    const { application, identity, operatorToken } = await house.open();
    // First: whoever waits until the server is ready runs a command next, and that looks for this file.
    await writeRunFile(paths.runFile, {
      url: listening.url,
      operatorToken,
      pid: process.pid,
      ...(tls?.authority === undefined ? {} : { authority: tls.authority }),
    });
    gateway.attach(application, identity);
    giveMemoryBack();
  } catch (failure) {
    await gateway.close();
    throw failure;
  }
  return {
    url: listening.url,
    close: async () => {
      await removeRunFile(paths.runFile);
      await gateway.close();
      return house.close();
    },
  };
}

/** Says where the other one is served. What holds the directory without serving it, the log's lock finds. @throws `server-running` */
async function refuseSecondServer({ root }: DataPaths): Promise<void> {
  const running = await findRunningServer(root);
  if (running === undefined) return;
  throw serverErrors("server-running", {
    message: `Kaelix runs on ${root} already: open ${running.url}, or stop it first (process ${running.pid}, Ctrl+C in its window); for a second Kaelix choose another folder with --data`,
    details: { url: running.url, pid: running.pid },
  });
}

function newsOf({ authority }: TlsIdentity, paths: DataPaths): ListeningNews["tls"] {
  if (authority === undefined) return { type: "given" };
  return {
    type: "own",
    path: join(tlsFolder(paths), "ca.pem"),
    fingerprint: new X509Certificate(authority).fingerprint256,
  };
}

/** Gives back what starting needed: V8 would keep it until the machine is short of memory. Once, after the start. */
function giveMemoryBack(): void {
  setTimeout(() => {
    setFlagsFromString("--expose-gc");
    const collect: unknown = runInNewContext("gc");
    if (typeof collect === "function") collect({ type: "major", flavor: "last-resort" });
  }, 2_000).unref();
}

/** Opens the house in this process, for a command that found no server running. */
export async function openHouse(options: StartOptions = {}): Promise<OpenHouse> {
  const { gateway, house } = await build(options, false);
  const { application, identity, operatorToken } = await house.open();
  gateway.attach(application, identity);
  await gateway.fastify.ready();
  return {
    fetch: injectingFetch(gateway),
    operatorToken,
    close: async () => {
      await gateway.close();
      await house.close();
    },
  };
}

/** `fetch` without a socket: the request is handed to the gateway as if it had come in. */
function injectingFetch(gateway: Gateway): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const url = new URL(request.url);
    const body = request.body === null ? undefined : Buffer.from(await request.arrayBuffer());
    const response = await gateway.fastify.inject({
      // Routes of the contract use these methods alone.
      method: request.method as "GET" | "POST" | "PATCH" | "PUT" | "DELETE",
      url: `${url.pathname}${url.search}`,
      headers: { ...Object.fromEntries(request.headers), host: "localhost" },
      ...(body === undefined ? {} : { payload: body }),
    });
    const headers = new Headers();
    for (const [name, value] of Object.entries(response.headers)) {
      if (value !== undefined) headers.set(name, String(value));
    }
    const isEmpty = response.statusCode === 204 || response.statusCode === 304;
    return new Response(isEmpty ? null : new Uint8Array(response.rawPayload), { status: response.statusCode, headers });
  };
}
