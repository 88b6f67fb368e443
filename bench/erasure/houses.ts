/** Houses that benches of erasing and restoring open: a data directory, a place for backups, people. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type Client, createClient } from "@kaelix/contract";
import { type OpenHouse, openHouse } from "@kaelix/server";

const CLAIM_CODE = "BENCH-CODE";
/** Of people who are made up here and gone at the end. */
export const PASSWORD = "harbour walnuts";

/** Folders that are gone when the bench is. */
export class Folders {
  readonly #made: string[] = [];

  make(): string {
    const folder = mkdtempSync(join(tmpdir(), "kaelix-bench-"));
    this.#made.push(folder);
    return folder;
  }

  removeAll(): void {
    for (const folder of this.#made) rmSync(folder, { recursive: true, force: true });
  }
}

/** Opens a house whose backups are kept at a place. */
export async function openAt(dataDirectory: string, place: string): Promise<OpenHouse> {
  process.env["KAELIX_CLAIM_CODE"] = CLAIM_CODE;
  process.env["KAELIX_BACKUP"] = place;
  return openHouse({ dataDirectory });
}

/** A client of a house. */
export function clientOf(house: OpenHouse, token?: string): Client {
  return createClient({ baseUrl: "http://localhost", fetch: house.fetch, accessToken: () => token });
}

/** The first person of a house, just proved. */
export async function claim(house: OpenHouse): Promise<Client> {
  const body = { phone: "+12345000000", password: PASSWORD, name: "Owner", claim_code: CLAIM_CODE };
  return proved(clientOf(house, (await clientOf(house).call("auth.signUp", { body })).data.access_token));
}

/** Somebody who was invited, just proved. */
export async function joinHouse(house: OpenHouse, owner: Client, phone: string): Promise<Client> {
  const { data } = await owner.call("invites.create", { body: { role: "member" } });
  const body = { phone, password: PASSWORD, name: "Somebody", invite_code: data.code };
  return proved(clientOf(house, (await clientOf(house).call("auth.signUp", { body })).data.access_token));
}

/** The same client, just proved. */
export async function proved(client: Client): Promise<Client> {
  await client.call("auth.prove", { body: { password: PASSWORD } });
  return client;
}

/** Makes a backup and waits for its end; how long it took, ms. */
export async function backUp(client: Client): Promise<number> {
  const before = (await client.call("backups.read")).data.last?.at;
  const startedMs = performance.now();
  await client.call("backups.create");
  for (;;) {
    const { data } = await client.call("backups.read");
    if (data.problem !== null) throw new Error(data.problem);
    if (data.running === null && data.last !== null && data.last.at !== before) return performance.now() - startedMs;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A data directory that holds a copy of another's key file and nothing else. */
export function withKeyOf(folder: string, empty: string): string {
  mkdirSync(join(empty, "keys"), { mode: 0o700 });
  copyFileSync(join(folder, "keys", "kek.json"), join(empty, "keys", "kek.json"));
  return empty;
}
