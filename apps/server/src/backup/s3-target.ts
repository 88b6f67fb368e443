/** A bucket of an S3-compatible store as a target of backups: path-style addresses, signature version 4. */
import { setTimeout as sleep } from "node:timers/promises";

import { AwsClient } from "aws4fetch";

import { serverErrors } from "../errors.ts";
import type { BackupTarget } from "./target.ts";

/** How the store is signed in to. */
export interface S3Settings {
  readonly accessKey: string | undefined;
  readonly secretKey: string | undefined;
  readonly region: string;
}

const TRIES = 4;
const PAUSE_MS = 250;
const TIMEOUT_MS = 60_000;
const PLACE = /^s3\+(https?):\/\/([^/?#]+)\/([a-z0-9][a-z0-9.-]{1,62})(?:\/([A-Za-z0-9._/-]*))?$/;

/**
 * Opens a bucket that is there.
 * @param place `s3+https://host[:port]/bucket[/prefix]`; plain http is for this machine or a network one trusts
 * @throws `backup-target-invalid`
 */
export function openS3Target(place: string, settings: S3Settings): BackupTarget {
  const [, scheme = "", host = "", bucket = "", below = ""] = PLACE.exec(place) ?? [];
  const { accessKey, region, secretKey } = settings;
  if (bucket === "" || accessKey === undefined || secretKey === undefined) {
    const must =
      bucket === ""
        ? "must be a folder or s3+https://host/bucket/prefix"
        : "KAELIX_BACKUP_ACCESS_KEY and KAELIX_BACKUP_SECRET_KEY must be set";
    throw serverErrors("backup-target-invalid", { message: `Cannot keep backups there: ${must}` });
  }
  const aws = new AwsClient({ accessKeyId: accessKey, secretAccessKey: secretKey, region, service: "s3", retries: 0 });
  const base = `${scheme}://${host}/${bucket}`;
  const head = below.replace(/(?<!\/)\/+$/, "");
  const keyOf = (name: string): string => (head === "" ? name : `${head}/${name}`);
  const store = new Store(aws, base);
  return {
    text: place,
    read: async (name) => {
      const response = await store.ask("GET", `/${keyOf(name)}`);
      return response.status === 404 ? undefined : Buffer.from(await response.arrayBuffer());
    },
    write: async (name, bytes) => {
      await store.ask("PUT", `/${keyOf(name)}`, bytes);
    },
    list: async (prefix) => {
      const keys = await store.list(keyOf(prefix));
      return keys.map((key) => (head === "" ? key : key.slice(head.length + 1)));
    },
    remove: async (name) => {
      await store.ask("DELETE", `/${keyOf(name)}`);
    },
  };
}

class Store {
  readonly #aws: AwsClient;
  readonly #base: string;

  constructor(aws: AwsClient, base: string) {
    this.#aws = aws;
    this.#base = base;
  }

  /** One request, tried again when the store is busy or cannot be reached: every one of them may be done twice. */
  async ask(method: "GET" | "PUT" | "DELETE", path: string, body?: Uint8Array): Promise<Response> {
    let problem = "";
    for (let attempt = 0; attempt < TRIES; attempt++) {
      if (attempt > 0) await sleep(PAUSE_MS * 2 ** attempt);
      try {
        const response = await this.#aws.fetch(`${this.#base}${path}`, {
          method,
          redirect: "error",
          signal: AbortSignal.timeout(TIMEOUT_MS),
          ...(body === undefined ? {} : { body: Buffer.from(body) }),
        });
        if (response.ok || response.status === 404) return response;
        problem = `the store answered ${response.status}`;
        await response.arrayBuffer();
        if (response.status < 500 && response.status !== 429) break;
      } catch (cause) {
        problem = cause instanceof Error ? cause.message : "it cannot be reached";
      }
    }
    throw serverErrors("backup-target-failed", {
      message: `Cannot use ${this.#base} for backups (${problem}): earlier backups are as they were; it is tried again`,
    });
  }

  async list(prefix: string): Promise<readonly string[]> {
    const keys: string[] = [];
    let token: string | undefined;
    do {
      const query = new URLSearchParams({ "list-type": "2", prefix });
      if (token !== undefined) query.set("continuation-token", token);
      const response = await this.ask("GET", `?${query.toString()}`);
      const text = await response.text();
      // The names are ours: none holds a letter that XML would write otherwise.
      keys.push(...[...text.matchAll(/<Key>([^<]*)<\/Key>/g)].map((match) => match[1] ?? ""));
      const isCut = /<IsTruncated>true<\/IsTruncated>/.test(text);
      token = isCut ? /<NextContinuationToken>([^<]*)</.exec(text)?.[1] : undefined;
    } while (token !== undefined);
    return keys.toSorted();
  }
}
