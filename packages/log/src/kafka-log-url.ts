/**
 * How a Kafka cluster is named in one line:
 *
 *     kafka://HOST:PORT[,HOST:PORT…][/PREFIX][?replicas=3&…]      in clear
 *     kafkas://USER:PASSWORD@HOST:PORT…                           TLS, SASL when a user is named
 *
 *   prefix          what every topic and group name begins with; default `kaelix.`, `/` alone for none
 *   replicas        of topics that are created; default: the cluster's own
 *   minInsync       replicas that must have a record before a durable append is answered; default: the cluster's own
 *   mechanism       PLAIN (default over TLS), SCRAM-SHA-256, SCRAM-SHA-512
 *   ca, cert, key   PEM files, for a private authority and for mTLS
 *
 * Guarantees: what it refuses it explains without repeating the line, which may hold a password.
 */

/** A broker to begin with. */
export interface KafkaAddress {
  readonly host: string;
  readonly port: number;
}

/** Who we are to the cluster. */
export interface KafkaSasl {
  readonly mechanism: "PLAIN" | "SCRAM-SHA-256" | "SCRAM-SHA-512";
  readonly username: string;
  readonly password: string;
}

/** PEM files; absent ones fall back to the machine's own authorities and to no certificate of ours. */
export interface KafkaTls {
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
}

/** A cluster and how Kaelix stands in it. */
export interface KafkaPlace {
  readonly brokers: readonly KafkaAddress[];
  readonly prefix: string;
  readonly tls?: KafkaTls;
  readonly sasl?: KafkaSasl;
  readonly replicas?: number;
  readonly minInsync?: number;
}

/** What a line came to. `must` completes the sentence "… must be". */
export type ParsedKafkaUrl =
  | { readonly type: "place"; readonly place: KafkaPlace }
  | { readonly type: "invalid"; readonly must: string };

const PORT_DEFAULT = 9092;
const PREFIX_DEFAULT = "kaelix.";
const SHAPE = /^(kafkas?):\/\/(?:([^@/]*)@)?([^@/?]+)(?:\/([^?]*))?(?:\?(.*))?$/;
const KNOWN = new Set(["replicas", "minInsync", "mechanism", "ca", "cert", "key"]);
const MECHANISMS = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] as const;

/** Reads a line as the head of this file says. */
export function parseKafkaUrl(text: string): ParsedKafkaUrl {
  const [, scheme, login, hosts = "", path, query = ""] = SHAPE.exec(text) ?? [];
  if (scheme === undefined) return invalid("kafka://host:port[,host:port…][/prefix] or kafkas://… for TLS");
  const brokers = hosts.split(",").map(parseAddress);
  if (brokers.includes(undefined)) return invalid("a list of host:port with ports from 1 to 65535");
  const parameters = new URLSearchParams(query);
  for (const name of parameters.keys()) if (!KNOWN.has(name)) return invalid(`without the unknown option ${name}`);
  const prefix = path === undefined ? PREFIX_DEFAULT : path;
  if (!/^[a-zA-Z0-9._-]{0,100}$/.test(prefix)) return invalid("with a prefix of at most 100 of a-z A-Z 0-9 . _ -");
  const counts = parseCounts(parameters);
  if (typeof counts === "string") return invalid(counts);
  const isTls = scheme === "kafkas";
  if (!isTls && ["ca", "cert", "key"].some((name) => parameters.has(name)))
    return invalid("kafkas:// to use TLS files");
  const sasl = parseSasl(login, parameters.get("mechanism"), isTls);
  if (typeof sasl === "string") return invalid(sasl);
  return {
    type: "place",
    place: {
      brokers: brokers.filter((broker) => broker !== undefined),
      prefix,
      ...counts,
      ...(isTls ? { tls: tlsOf(parameters) } : {}),
      ...(sasl === undefined ? {} : { sasl }),
    },
  };
}

function invalid(must: string): ParsedKafkaUrl {
  return { type: "invalid", must };
}

/** `host`, `host:port`, `[::1]:port`. */
function parseAddress(text: string): KafkaAddress | undefined {
  const [, bracketed, plain, digits] = /^(?:\[([0-9a-fA-F:]+)\]|([a-zA-Z0-9._-]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = digits === undefined ? PORT_DEFAULT : Number(digits);
  return host === undefined || port < 1 || port > 65_535 ? undefined : { host, port };
}

function parseCounts(parameters: URLSearchParams): { replicas?: number; minInsync?: number } | string {
  const counts: { replicas?: number; minInsync?: number } = {};
  for (const name of ["replicas", "minInsync"] as const) {
    const text = parameters.get(name);
    if (text === null) continue;
    if (!/^[1-9]\d?$/.test(text)) return `with ${name} from 1 to 99`;
    counts[name] = Number(text);
  }
  const { minInsync = 1, replicas = Number.POSITIVE_INFINITY } = counts;
  return minInsync > replicas ? "with minInsync at most replicas" : counts;
}

function tlsOf(parameters: URLSearchParams): KafkaTls {
  const [caFile, certFile, keyFile] = ["ca", "cert", "key"].map((name) => parameters.get(name));
  return {
    ...(typeof caFile === "string" ? { caFile } : {}),
    ...(typeof certFile === "string" ? { certFile } : {}),
    ...(typeof keyFile === "string" ? { keyFile } : {}),
  };
}

function parseSasl(login: string | undefined, wanted: string | null, isTls: boolean): KafkaSasl | string | undefined {
  if (login === undefined) return wanted === null ? undefined : "with user:password@ to use a mechanism";
  const [username, password] = login.split(":").map(decode);
  if (username === undefined || username === "" || password === undefined) {
    return "with user:password@, both percent-encoded";
  }
  const mechanism = MECHANISMS.find((name) => name === (wanted ?? (isTls ? "PLAIN" : "SCRAM-SHA-512")));
  if (mechanism === undefined) return `with a mechanism of ${MECHANISMS.join(", ")}`;
  return { mechanism, username, password };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
