/**
 * The Kafka door of the house: its log's storage, served to Kafka clients beside the house's own use of it.
 *
 * Guarantees: who connects signs in with phone and password (SASL PLAIN); what they may do is asked of `decide`; the house's own topics and
 * groups are nobody's here, whatever the role. Whose a topic or group is stands in its name
 * (`kafka-authorizer.ts`). In clear it listens on this machine alone.
 */
import { readFile } from "node:fs/promises";

import { type Clock, isKaelixError, type RandomSource } from "@kaelix/base";
import type { StreamerLog } from "@kaelix/log";
import { DEFAULT_TENANT, makeId, type SessionId, type UserPrincipal } from "@kaelix/model";
import type { AuditLog, Identity } from "@kaelix/security";
import { type Broker, type KafkaPrincipal, startBroker } from "@kaelix/streamer";

import { serverErrors } from "./errors.ts";
import { authorizerOf } from "./kafka-authorizer.ts";

const LOOPBACK = new Set(["127.0.0.1", "::1", "localhost"]);
const SIGN_IN = "streams.login";
const PRINCIPALS_MAX = 10_000;

/** Where the door is and what it stands on. */
export interface KafkaDoorOptions {
  /** `host:port`. */
  readonly address: string;
  readonly certificateFile?: string | undefined;
  readonly keyFile?: string | undefined;
  readonly log: StreamerLog;
  readonly identity: Identity;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly report: (error: unknown) => void;
  readonly audit: Pick<AuditLog, "record">;
}

/** Opens the door. @throws `kafka-door-invalid`, `broker-listen-failed` */
export async function openKafkaDoor(options: KafkaDoorOptions): Promise<Broker> {
  const { audit, clock, identity, log, random, report } = options;
  const { host, port } = parseAddress(options.address);
  const tls = await tlsOf(options);
  if (tls === undefined && !LOOPBACK.has(host)) {
    const message = `Cannot serve Kafka clients at ${host}: passwords would cross the network in clear, so KAELIX_KAFKA_TLS_CERT and KAELIX_KAFKA_TLS_KEY must be set`;
    throw serverErrors("kafka-door-invalid", { message });
  }
  const people = new Map<string, UserPrincipal>();
  return startBroker({
    storage: log.storage,
    leaders: log.leaders,
    listeners: [
      {
        name: tls === undefined ? "SASL_PLAINTEXT" : "SASL_SSL",
        host,
        port,
        sasl: ["PLAIN"],
        ...(tls === undefined ? {} : { tls }),
      },
    ],
    authorizer: authorizerOf(presentOf(people, identity), clock),
    security: { verifyPlain: (phone, password) => admit({ identity, people, clock, random, audit }, phone, password) },
    clock,
    random,
    report,
  });
}

/** Those who are signed in, but for who may not come in any more: a connection outlives its sign-in. */
function presentOf(people: ReadonlyMap<string, UserPrincipal>, identity: Identity): Parameters<typeof authorizerOf>[0] {
  return {
    get: (name) => {
      const one = people.get(name);
      const isOut = one !== undefined && identity.members.isSuspended({ user: one.userId, tenant: one.tenantId });
      return isOut ? undefined : one;
    },
  };
}

interface Admission {
  readonly identity: Identity;
  readonly people: Map<string, UserPrincipal>;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly audit: Pick<AuditLog, "record">;
}

async function admit(
  { audit, clock, identity, people, random }: Admission,
  phone: string,
  password: string,
): Promise<KafkaPrincipal | undefined> {
  const refused = (reason: string): undefined => {
    const subject = { type: "anonymous", tenantId: DEFAULT_TENANT } as const;
    void audit.record({ subject, action: SIGN_IN, decision: "deny", reason });
  };
  try {
    const found = await identity.verify({ phone, password });
    if (found === undefined) return refused("identity-credentials-wrong");
    // Not a session of the identity's: it ends with the connection and reveals no memory.
    const sessionId: SessionId = makeId("ses", clock.nowMs(), random);
    const { role, tenant, user } = found;
    people.delete(user);
    const principal: UserPrincipal = { type: "user", tenantId: tenant, userId: user, role, sessionId, ceiling: 1 };
    people.set(user, principal);
    void audit.record({ subject: principal, action: SIGN_IN, decision: "allow", reason: "done" });
    for (const oldest of people.keys()) {
      if (people.size <= PRINCIPALS_MAX) break;
      people.delete(oldest);
    }
    return { type: "User", name: user };
  } catch (error) {
    // Too many attempts: told like a wrong password.
    if (isKaelixError(error)) return refused(error.code);
    throw error;
  }
}

function parseAddress(address: string): { readonly host: string; readonly port: number } {
  const [, bracketed, plain, digits] = /^(?:\[([0-9a-fA-F:]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(address) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host !== undefined && port <= 65_535) return { host, port };
  throw serverErrors("kafka-door-invalid", {
    message: `Cannot use KAELIX_KAFKA: current value is ${address}, must be host:port`,
  });
}

async function tlsOf({
  certificateFile,
  keyFile,
}: KafkaDoorOptions): Promise<{ cert: Buffer; key: Buffer; minVersion: "TLSv1.3" } | undefined> {
  if (certificateFile === undefined && keyFile === undefined) return undefined;
  if (certificateFile === undefined || keyFile === undefined) {
    throw serverErrors("kafka-door-invalid", {
      message: "KAELIX_KAFKA_TLS_CERT and KAELIX_KAFKA_TLS_KEY must be set together",
    });
  }
  const [cert, key] = await Promise.all([readFile(certificateFile), readFile(keyFile)]);
  return { cert, key, minVersion: "TLSv1.3" };
}
