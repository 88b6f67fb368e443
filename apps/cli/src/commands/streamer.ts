import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { styleText } from "node:util";

import { certificateAuthenticator, startBroker, type StartListenerOptions } from "@kaelix/streamer";

import { parseConfigs } from "../broker-connection.ts";
import { CommandFailure, EXIT } from "../exit.ts";
import type { OutputOptions } from "../output.ts";
import { stopSignal } from "../stop-signal.ts";
import { parseInterceptors, parsePort, reloadInterceptors, serveMetrics } from "./streamer-parts.ts";

const MECHANISMS = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] as const;

/** What a test has no use for: waiting three seconds for other members before a new group's first assignment. */
const TEMPORARY_CONFIG = { "group.initial.rebalance.delay.ms": "0" };

/** Options of `streamer`. */
interface StreamerOptions extends OutputOptions {
  readonly data?: string;
  readonly temporary?: boolean;
  readonly host: string;
  readonly port: string;
  readonly advertise?: string;
  readonly config?: readonly string[];
  readonly sasl?: string;
  readonly user?: readonly string[];
  readonly acls?: boolean;
  readonly superUser?: readonly string[];
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsCa?: string;
  readonly interceptor?: readonly string[];
  readonly metricsPort?: string;
}

/** `kaelix streamer`: the Kafka-compatible broker alone. */
export async function streamer(options: StreamerOptions): Promise<number> {
  const temporary = options.temporary === true ? mkdtempSync(join(tmpdir(), "kaelix-streamer-")) : undefined;
  const metricsPort = options.metricsPort === undefined ? undefined : parsePort("--metrics-port", options.metricsPort);
  const directory =
    temporary ?? options.data ?? join(process.env["KAELIX_DATA"] ?? join(homedir(), ".kaelix"), "streamer");
  const stopped = stopSignal();
  try {
    const broker = await startBroker({
      directory,
      listeners: [listenerOf(options)],
      config: configOf(options),
      security: {
        users: usersOf(options.user ?? []),
        acls: options.acls === true,
        superUsers: (options.superUser ?? []).map((name) => (name.includes(":") ? name : `User:${name}`)),
      },
      interceptors: parseInterceptors(options.interceptor ?? []),
    });
    const metrics = metricsPort === undefined ? undefined : await serveMetrics(broker, options.host, metricsPort);
    if (options.json !== undefined) {
      process.stdout.write(
        `${JSON.stringify({ bootstrap: broker.bootstrap(), cluster_id: broker.clusterId, directory, metrics: metrics?.url })}\n`,
      );
    }
    line(`kaelix streamer · data ${directory} · node ${process.versions.node}`, options);
    line(`Kafka protocol on  ${styleText("bold", broker.bootstrap())}`, options);
    line(openness(options), options);
    if (metrics !== undefined) line(`Metrics at ${metrics.url}`, options);
    line("Ready. Ctrl+C stops it; nothing acknowledged is lost.", options);
    process.on("SIGHUP", () => void reloadInterceptors(broker, (text) => line(text, options)));
    await stopped;
    line("Stopping…", options);
    metrics?.close();
    await broker.close();
    return EXIT.ok;
  } finally {
    if (temporary !== undefined) rmSync(temporary, { recursive: true, force: true });
  }
}

function configOf({ config, temporary }: StreamerOptions): Record<string, string> {
  const given = parseConfigs(config ?? []).map(({ name, value }) => [name, value] as const);
  return { ...(temporary === true ? TEMPORARY_CONFIG : {}), ...Object.fromEntries(given) };
}

function listenerOf(options: StreamerOptions): StartListenerOptions {
  const port = parsePort("--port", options.port);
  const sasl = mechanismsOf(options.sasl);
  const tls = tlsOf(options);
  return {
    name: `${sasl === undefined ? "" : "SASL_"}${tls === undefined ? "PLAINTEXT" : "SSL"}`,
    host: options.host,
    port,
    ...advertisedOf(options.advertise),
    ...(tls === undefined ? {} : { tls }),
    ...(sasl === undefined ? {} : { sasl }),
    // Who shows a certificate is who it names.
    ...(sasl === undefined && options.tlsCa !== undefined ? { authenticator: certificateAuthenticator } : {}),
  };
}

function advertisedOf(address: string | undefined): Pick<StartListenerOptions, "advertisedHost" | "advertisedPort"> {
  if (address === undefined) return {};
  const [, host, port] = /^(.+?)(?::(\d{1,5}))?$/.exec(address) ?? [];
  if (host === undefined) throw new CommandFailure(EXIT.usage, "Cannot use --advertise: must be host or host:port");
  return { advertisedHost: host, ...(port === undefined ? {} : { advertisedPort: Number(port) }) };
}

function mechanismsOf(text: string | undefined): readonly (typeof MECHANISMS)[number][] | undefined {
  return text?.split(",").map((given) => {
    const mechanism = MECHANISMS.find((name) => name === given.trim().toUpperCase());
    if (mechanism !== undefined) return mechanism;
    throw new CommandFailure(EXIT.usage, `Cannot use --sasl: "${given}" must be one of ${MECHANISMS.join(", ")}`);
  });
}

function tlsOf({ tlsCa, tlsCert, tlsKey }: StreamerOptions): StartListenerOptions["tls"] {
  if (tlsCert === undefined && tlsKey === undefined) return undefined;
  if (tlsCert === undefined || tlsKey === undefined) {
    throw new CommandFailure(EXIT.usage, "TLS needs both --tls-cert and --tls-key");
  }
  const files = { cert: readFileSync(tlsCert), key: readFileSync(tlsKey), minVersion: "TLSv1.3" } as const;
  return tlsCa === undefined
    ? files
    : { ...files, ca: readFileSync(tlsCa), requestCert: true, rejectUnauthorized: true };
}

function usersOf(given: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    given.map((text) => {
      const at = text.indexOf(":");
      if (at > 0 && at < text.length - 1) return [text.slice(0, at), text.slice(at + 1)];
      throw new CommandFailure(EXIT.usage, "Cannot use --user: must be written as name:password");
    }),
  );
}

function openness(options: StreamerOptions): string {
  const isLocal = options.host === "127.0.0.1" || options.host === "::1" || options.host === "localhost";
  if (isLocal) return "Only this machine can reach it. --host to change.";
  return options.sasl === undefined && options.tlsCa === undefined
    ? "Anybody on the network can read and write: --sasl or --tls-ca to know them, --acls to bound them."
    : "Other machines on the network can reach it.";
}

function line(text: string, options: OutputOptions): void {
  if (options.quiet !== true) process.stderr.write(`${text}\n`);
}
