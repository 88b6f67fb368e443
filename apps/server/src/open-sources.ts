/** Topics that memories come in from: read from the document that `KAELIX_CAPTURE_KAFKA` names. */
import { readFile } from "node:fs/promises";

import { type KafkaSourceSpec, KafkaSources, type KafkaSourcesParts, parseKafkaSources } from "@kaelix/capture";
import { joinKafkaGroup } from "@kaelix/log";
import { DEFAULT_TENANT, type UserId } from "@kaelix/model";
import type { UserRow } from "@kaelix/security";
import type { PeopleStore } from "@kaelix/views";

import { serverErrors } from "./errors.ts";

/** What the sources need of the house. */
export interface SourcesParts extends Omit<KafkaSourcesParts, "specs" | "ownerOf" | "join"> {
  /** The document; undefined when no source is wanted. */
  readonly file: string | undefined;
  readonly people: PeopleStore;
  /** True for somebody who may not come in. */
  readonly isSuspended: (person: UserRow) => boolean;
}

/** Makes the sources, not yet started. @throws `sources-invalid` */
export async function openSources({ file, isSuspended, people, ...parts }: SourcesParts): Promise<KafkaSources> {
  const specs = file === undefined ? [] : await readSpecs(file);
  const present = async (wanted: UserId | undefined): ReturnType<KafkaSourcesParts["ownerOf"]> => {
    const row = await ownerOf(people, wanted);
    return row === undefined || isSuspended(row) ? undefined : { tenant: row.tenant, user: row.user };
  };
  return new KafkaSources({ ...parts, specs, join: joinKafkaGroup, ownerOf: (spec) => present(spec.owner) });
}

async function readSpecs(file: string): Promise<readonly KafkaSourceSpec[]> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw serverErrors("sources-invalid", { message: `Cannot read ${file} (KAELIX_CAPTURE_KAFKA)`, cause });
  });
  const parsed = parseKafkaSources(text);
  if (parsed.type === "sources") return parsed.sources;
  throw serverErrors("sources-invalid", { message: `Cannot use ${file} (KAELIX_CAPTURE_KAFKA): ${parsed.why}` });
}

/** The user that a source names, or the first of the house; undefined while there is no such user. */
async function ownerOf(people: PeopleStore, wanted: UserId | undefined): Promise<UserRow | undefined> {
  return wanted === undefined ? (await people.users(1, undefined, DEFAULT_TENANT))[0] : people.user(wanted);
}
