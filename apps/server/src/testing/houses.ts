/** Houses that the tests of a file open, and their data directories, closed and removed after each. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type Client, createClient, KaelixProblem } from "@kaelix/contract";
import { afterAll, afterEach, beforeAll } from "vitest";

import { type OpenHouse, openHouse } from "../server.ts";

const folders: string[] = [];
const houses: OpenHouse[] = [];

const CLAIM_CODE = "TEST-CODE";
let codeBefore: string | undefined;

/** Lets the tests of the file that calls this claim their houses; closes what is still open and removes what was made after each. */
export function closeAfterEach(): void {
  beforeAll(() => {
    codeBefore = process.env["KAELIX_CLAIM_CODE"];
    process.env["KAELIX_CLAIM_CODE"] = CLAIM_CODE;
  });
  afterAll(() => {
    if (codeBefore === undefined) delete process.env["KAELIX_CLAIM_CODE"];
    else process.env["KAELIX_CLAIM_CODE"] = codeBefore;
  });
  afterEach(async () => {
    for (const house of houses.splice(0)) await house.close();
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });
}

/** A new data directory. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "kaelix-house-"));
  folders.push(folder);
  return folder;
}

/** The house of a data directory. */
export async function open(dataDirectory: string, onNotice?: (notice: string) => void): Promise<OpenHouse> {
  const house = await openHouse({ dataDirectory, ...(onNotice === undefined ? {} : { onNotice }) });
  houses.push(house);
  return house;
}

/** Closes a house before its test ends. */
export async function close(house: OpenHouse): Promise<void> {
  houses.splice(houses.indexOf(house), 1);
  await house.close();
}

/** A client that calls a house without a socket. */
export function clientOf(house: OpenHouse, token?: string): Client {
  return createClient({ baseUrl: "http://localhost", fetch: house.fetch, accessToken: () => token });
}

/** The owner of a house that nobody has claimed. */
export async function claimed(house: OpenHouse): Promise<Client> {
  const body = { phone: "+1234567890", name: "Ann", password: "testpassword", claim_code: CLAIM_CODE };
  const { data } = await clientOf(house).call("auth.signUp", { body });
  return clientOf(house, data.access_token);
}

/** The problem with which a call is refused. Throws when it is not. */
export async function problemOf(call: Promise<unknown>): Promise<KaelixProblem> {
  try {
    await call;
  } catch (failure) {
    if (failure instanceof KaelixProblem) return failure;
    throw failure;
  }
  throw new Error("The call should have been refused");
}
