/** The product in this process behind a real port, with people and programs who use it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { startServer } from "@kaelix/server";

import { Door, type Heard, jsonOf } from "./door.ts";

const CLAIM_CODE = "TEST-CODE";
const ENVIRONMENT = {
  KAELIX_CLAIM_CODE: CLAIM_CODE,
  KAELIX_LOG_LEVEL: "silent",
  // What is looked for here are bytes; how often one may ask is tested elsewhere.
  KAELIX_USER_REQUESTS_PER_SECOND: "1000000",
  KAELIX_ADDRESS_REQUESTS_PER_SECOND: "1000000",
};

/** A running product. */
export interface ProofProduct {
  readonly door: Door;
  readonly folder: string;
  /** Ends it and leaves the data directory. */
  stop(): Promise<void>;
  /** Ends it and removes the data directory. */
  close(): Promise<void>;
}

/** Starts it on an empty data directory, or on one that is there. */
export async function startProof(
  environment: Readonly<Record<string, string>> = {},
  folder = mkdtempSync(join(tmpdir(), "kaelix-proof-")),
): Promise<ProofProduct> {
  const before = { ...process.env };
  Object.assign(process.env, ENVIRONMENT, environment);
  try {
    const server = await startServer({ dataDirectory: folder, host: "127.0.0.1", port: 0 });
    const door = new Door(server.url);
    const stop = async (): Promise<void> => {
      door.close();
      await server.close();
    };
    return {
      door,
      folder,
      stop,
      close: async () => {
        await stop();
        rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
      },
    };
  } finally {
    for (const name of Object.keys({ ...ENVIRONMENT, ...environment })) {
      if (before[name] === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = before[name];
    }
  }
}

/** Somebody who is signed in. */
export interface Person {
  readonly name: string;
  readonly phone: string;
  readonly password: string;
  readonly user: string;
  /** A new session. */
  signIn(): Promise<string>;
}

/** A new session at another door than the one where the person signed up: the product was started again. */
export async function signInAt(door: Door, { password, phone }: Person): Promise<string> {
  return fieldOf(await door.askJson(undefined, "POST", "/api/v1/auth/login", { phone, password }), "access_token");
}

/** The field of an answer that must be there. */
export function fieldOf(heard: Heard, ...path: readonly string[]): string {
  let value: unknown = jsonOf(heard);
  for (const name of path) value = typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
  if (typeof value !== "string") throw new Error(`No ${path.join(".")} in ${heard.status} ${heard.text.slice(0, 300)}`);
  return value;
}

/** Signs the first person up: the owner. */
export async function signUpOwner(door: Door, name = "Olga"): Promise<Person> {
  return signUp(door, { name, phone: "+4930100001", claim_code: CLAIM_CODE });
}

/** Signs somebody up whom the owner invites. */
export async function signUpInvited(door: Door, owner: Person, name: string, role: string): Promise<Person> {
  const code = fieldOf(await door.askJson(await owner.signIn(), "POST", "/api/v1/invites", { role }), "code");
  signedUp++;
  return signUp(door, { name, phone: `+49301${String(signedUp).padStart(5, "0")}`, invite_code: code });
}

/** Signs the owner of a new organisation up, whom the owner of the house lets in. */
export async function signUpApart(door: Door, owner: Person, tenant: string, name: string): Promise<Person> {
  const made = await door.askJson(await owner.signIn(), "POST", "/api/v1/tenants", { id: tenant });
  signedUp++;
  const phone = `+49301${String(signedUp).padStart(5, "0")}`;
  return signUp(door, { name, phone, invite_code: fieldOf(made, "code") });
}

let signedUp = 10_000;

async function signUp(door: Door, request: Readonly<Record<string, string>>): Promise<Person> {
  const password = "harbour walnuts at noon";
  const heard = await door.askJson(undefined, "POST", "/api/v1/auth/signup", { ...request, password });
  const { name = "", phone = "" } = request;
  const user = fieldOf(heard, "user", "id");
  const signIn = async (): Promise<string> =>
    fieldOf(await door.askJson(undefined, "POST", "/api/v1/auth/login", { phone, password }), "access_token");
  return { name, phone, password, user, signIn };
}

/** A key of a program that somebody has. */
export async function keyOf(
  door: Door,
  person: Person,
  request: Readonly<Record<string, unknown>>,
): Promise<{ readonly id: string; readonly secret: string }> {
  const token = await person.signIn();
  await door.askJson(token, "POST", "/api/v1/auth/prove", { password: person.password });
  const heard = await door.askJson(token, "POST", "/api/v1/keys", { name: "Robot", ...request });
  return { id: fieldOf(heard, "key", "id"), secret: fieldOf(heard, "secret") };
}

/** Opens a session up to a level. */
export async function openUp(door: Door, person: Person, token: string, level: number): Promise<void> {
  const heard = await door.askJson(token, "POST", "/api/v1/auth/unlock", { password: person.password, level });
  if (heard.status !== 200) throw new Error(`Not opened: ${heard.text}`);
}

/** A form with one file. */
export function formOf(name: string, bytes: Buffer | string): { readonly type: string; readonly body: Buffer } {
  const border = "kaelix-border-7f3a";
  const head = `--${border}\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: application/octet-stream\r\n\r\n`;
  const body = Buffer.concat([Buffer.from(head), Buffer.from(bytes), Buffer.from(`\r\n--${border}--\r\n`)]);
  return { type: `multipart/form-data; boundary=${border}`, body };
}

/** Uploads a file that a memory will be told with; its id. @throws when it is not taken */
export async function uploadFile(door: Door, token: string, name: string, bytes: Buffer | string): Promise<string> {
  const { body, type } = formOf(name, bytes);
  const headers = { authorization: `Bearer ${token}`, "content-type": type };
  const heard = await door.ask({ method: "POST", path: "/api/v1/files", headers, body });
  if (heard.status !== 201) throw new Error(`Not taken: ${heard.status} ${heard.text}`);
  return fieldOf(heard, "id");
}
