/** What the drivers of npm clients share. */
import { readFileSync } from "node:fs";

import type { Connection } from "./client-driver.ts";

const READ_MS_MAX = 30_000;
/** For how long a client asks a broker that does not answer: a machine with much to do takes its time to start one again. */
export const RETRY = { everyMs: 100, times: 300 } as const;

/** A request with everything any operation takes; those that an operation does not take are empty. */
export interface NpmRequest {
  readonly op: string;
  readonly connection: Connection;
  readonly topic: string;
  readonly codec?: string;
  readonly values: readonly string[];
  readonly partitions?: number;
  readonly everyMs: number;
  readonly until: string;
  readonly committed?: boolean;
  readonly group: string;
  readonly member: string;
  readonly protocol: string;
  readonly sessionMs: number;
  readonly writer: string;
  readonly transactionalId: string;
  readonly commit: boolean;
  readonly offset: number;
  readonly configs?: Readonly<Record<string, string>>;
  readonly key: string;
  readonly value: string;
  readonly before: number;
  /** How often it is tried again; `RETRY.times` unless told otherwise. */
  readonly retries?: number;
}

/** Operations by name. */
export type NpmClient = Readonly<Record<string, (request: NpmRequest) => Promise<unknown>>>;

/** Node's TLS options of a connection; undefined without TLS. */
export function tlsOf({ tls }: Connection): { ca: string; cert?: string; key?: string } | undefined {
  if (tls === undefined) return undefined;
  const read = (path: string): string => readFileSync(path, "utf8");
  const { ca, cert, key } = tls;
  return cert === undefined || key === undefined
    ? { ca: read(ca) }
    : { ca: read(ca), cert: read(cert), key: read(key) };
}

/** Things by name, missing ones refused. */
export class Named<T> {
  readonly #all = new Map<string, T>();

  set(name: string, thing: T): void {
    this.#all.set(name, thing);
  }

  get(name: string): T {
    const thing = this.#all.get(name);
    if (thing === undefined) throw new Error(`There is no ${name}`);
    return thing;
  }
}

/** Sends values one after the other; the acknowledged ones. */
export async function slowly(
  { everyMs, values }: NpmRequest,
  send: (value: string) => Promise<unknown>,
): Promise<readonly string[]> {
  for (const value of values) {
    await send(value);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  return values;
}

/** Resolves when the value has come. */
export async function arrived(values: readonly string[], until: string): Promise<readonly string[]> {
  const deadlineMs = Date.now() + READ_MS_MAX;
  while (!values.includes(until)) {
    if (Date.now() > deadlineMs) throw new Error(`Read ${values.join()} and no ${until}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return [...values];
}
