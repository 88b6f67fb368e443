import { readFileSync, statSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { connect } from "node:tls";

import { type RunningProduct, startServer } from "@kaelix/server";
import { afterEach, expect, test } from "vitest";

import { runCommand, temporaryData } from "./testing/product.ts";

const CODE = "TEST-CODE";
const PERSON = { phone: "+1234567890", name: "Ann", password: "testpassword", claim_code: CODE, session: "cookie" };
const running: RunningProduct[] = [];
const folders: { readonly path: string; remove(): void }[] = [];

afterEach(async () => {
  for (const server of running.splice(0)) await server.close();
  for (const folder of folders.splice(0)) folder.remove();
  delete process.env["KAELIX_CLAIM_CODE"];
});

function newFolder(): string {
  const folder = temporaryData();
  folders.push(folder);
  return folder.path;
}

async function serve(dataDirectory: string): Promise<RunningProduct> {
  process.env["KAELIX_CLAIM_CODE"] = CODE;
  const server = await startServer({ dataDirectory, port: 0, tls: true });
  running.push(server);
  return server;
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

function call(
  url: string,
  options: { readonly ca?: string; readonly host?: string; readonly body?: unknown } = {},
): Promise<Answer> {
  const { body, ca, host } = options;
  const headers = { ...(host === undefined ? {} : { host }), "content-type": "application/json" };
  return new Promise((resolve, reject) => {
    const sent = request(url, { ca, headers, method: body === undefined ? "GET" : "POST" }, (response) => {
      response.resume();
      response.once("end", () => resolve({ status: response.statusCode, headers: response.headers }));
    });
    sent.once("error", reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

test("--tls serves TLS 1.3 under an authority of its own, which this machine's commands trust by themselves", async () => {
  const data = newFolder();
  const { url } = await serve(data);
  expect(url).toMatch(/^https:\/\/localhost:\d+$/);
  const ca = readFileSync(join(data, "keys/tls/ca.pem"), "utf8");
  await expect(call(`${url}/ready`)).rejects.toMatchObject({ code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" });
  expect((await call(`${url}/ready`, { ca })).status).toBe(200);
  expect((await call(url.replace("localhost", "127.0.0.1"), { ca })).status).toBe(200);
  const old = connect({ port: Number(new URL(url).port), ca, maxVersion: "TLSv1.2", servername: "localhost" });
  const refusal = await new Promise<Error & { code?: string }>((resolve) => old.once("error", resolve));
  expect(refusal.code).toBe("ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION");
  for (const name of ["authority.pem", "server.pem"])
    expect(statSync(join(data, "keys/tls", name)).mode & 0o777).toBe(0o400);
  expect((await call(`${url}/api/v1/auth/signup`, { ca, body: PERSON })).status).toBe(201);
  const status = await runCommand(["status", "--data", data, "--json"]);
  expect([status.code, status.err]).toEqual([0, ""]);
});

test("over TLS the session's cookie is a __Host- cookie, and browsers are told to stay with TLS, but not of localhost", async () => {
  const data = newFolder();
  const { url } = await serve(data);
  const ca = readFileSync(join(data, "keys/tls/ca.pem"), "utf8");
  const signedUp = await call(`${url}/api/v1/auth/signup`, { ca, body: PERSON });
  expect(signedUp.status).toBe(201);
  const [cookie = ""] = signedUp.headers["set-cookie"] ?? [];
  expect(cookie).toMatch(/^__Host-kaelix_refresh=[^;]+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Strict; Secure$/);
  expect(signedUp.headers["strict-transport-security"]).toBeUndefined();
});
