/** A broker with every kind of listener, in a folder of its own, that can be started again where it was. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import type { Broker } from "../../broker/broker.ts";
import { startBroker } from "../../broker/start-broker.ts";
import { certificateAuthenticator } from "../../security/security.ts";
import type { Connection } from "./client-driver.ts";
import { HeardFrames } from "./heard-frames.ts";

const LISTENERS = ["PLAINTEXT", "SASL_PLAINTEXT", "SSL", "MUTUAL"] as const;
const MECHANISMS = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] as const;
const CONFIG = {
  // So that tests need not wait: a group forms at once, a crash is noticed soon.
  "group.initial.rebalance.delay.ms": "0",
  "group.min.session.timeout.ms": "1000",
  "group.consumer.heartbeat.interval.ms": "500",
  "group.consumer.session.timeout.ms": "4000",
};

/** Who may connect to the listener with SASL. */
export const USER = { user: "alice", password: "alice's secret" };

/** See the top of the file. */
export interface ClientBroker {
  readonly directory: string;
  /** Anew after `restart`. */
  readonly broker: () => Broker;
  readonly plain: Connection;
  readonly tls: Connection;
  /** The client shows a certificate. */
  readonly mutual: Connection;
  /** What came in without TLS. */
  readonly heard: HeardFrames;
  sasl(mechanism: string, password?: string): Connection;
  /** Closes the broker and starts it on the same folder and ports. */
  restart(): Promise<void>;
  stop(): Promise<void>;
  /** Removes the folder, and throws what the broker reported. */
  close(): Promise<void>;
}

/** Starts one. */
export async function startClientBroker(config: Readonly<Record<string, string>> = {}): Promise<ClientBroker> {
  const home = await mkdtemp(join(tmpdir(), "kaelix-clients-"));
  const directory = join(home, "data");
  const pem = await makeCertificates(home);
  const reports: unknown[] = [];
  const start = (ports: readonly number[]): Promise<Broker> =>
    startBroker({
      directory,
      listeners: LISTENERS.map((name, index) => ({
        name,
        port: ports[index] ?? 0,
        ...(name === "SASL_PLAINTEXT" ? { sasl: MECHANISMS } : {}),
        ...(name === "SSL" || name === "MUTUAL" ? { tls: tlsOf(pem, name) } : {}),
        ...(name === "MUTUAL" ? { authenticator: certificateAuthenticator } : {}),
      })),
      config: { ...CONFIG, ...config },
      security: { users: { [USER.user]: USER.password } },
      report: (error) => reports.push(error),
    });
  let broker = await start([]);
  const ports = LISTENERS.map((name) => broker.address(name).port);
  const heard = new HeardFrames(ports);
  const at = (name: (typeof LISTENERS)[number]): Connection => ({ bootstrap: broker.bootstrap(name) });
  const stop = (): Promise<void> => broker.close();
  return {
    directory,
    broker: () => broker,
    plain: at("PLAINTEXT"),
    tls: { ...at("SSL"), tls: { ca: pem.ca } },
    mutual: { ...at("MUTUAL"), tls: { ca: pem.ca, cert: pem.clientCert, key: pem.clientKey } },
    heard,
    sasl: (mechanism, password = USER.password) => ({
      ...at("SASL_PLAINTEXT"),
      sasl: { mechanism, user: USER.user, password },
    }),
    restart: async () => {
      await stop();
      broker = await start(ports);
    },
    stop,
    close: async () => {
      heard.close();
      await stop();
      await rm(home, { recursive: true, force: true });
      if (reports.length > 0) throw reports[0];
    },
  };
}

interface PemFiles {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  readonly clientCert: string;
  readonly clientKey: string;
}

function tlsOf(pem: PemFiles, listener: "SSL" | "MUTUAL"): Record<string, unknown> {
  const files = { cert: readFileSync(pem.cert), key: readFileSync(pem.key) };
  return listener === "SSL"
    ? files
    : { ...files, ca: readFileSync(pem.ca), requestCert: true, rejectUnauthorized: true };
}

/** An authority, and certificates of a server on 127.0.0.1 and of a client. */
async function makeCertificates(folder: string): Promise<PemFiles> {
  const file = (name: string): string => join(folder, name);
  const openssl = (...parameters: string[]): Promise<unknown> =>
    promisify(execFile)("openssl", parameters, { cwd: folder });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  await openssl("req", "-x509", ...key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=authority");
  await writeFile(file("names"), "subjectAltName=IP:127.0.0.1,DNS:localhost\n");
  for (const [name, subject] of [
    ["server", "/CN=127.0.0.1"],
    ["client", "/CN=machine"],
  ] as const) {
    await openssl("req", ...key, "-keyout", `${name}.key`, "-out", `${name}.csr`, "-subj", subject);
    const signed = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "names"];
    await openssl("x509", "-req", "-in", `${name}.csr`, ...signed, "-out", `${name}.pem`);
  }
  return {
    ca: file("ca.pem"),
    cert: file("server.pem"),
    key: file("server.key"),
    clientCert: file("client.pem"),
    clientKey: file("client.key"),
  };
}
