/** What a real server does only on a bad day: a small one with Transit's HTTP interface that is slow, sealed, broken or somebody else. */
import { createServer, type RequestListener, type Server } from "node:http";

import { afterEach, beforeEach, expect, test } from "vitest";

import { openTransitKek } from "./transit-kek.ts";

const KEY = {
  type: "aes256-gcm96",
  latest_version: 1,
  keys: { "1": 1_750_000_000 },
  derived: false,
  exportable: false,
  allow_plaintext_backup: false,
};
const TOKEN = "token-that-is-never-said";
let server: Server;
let url = "";
let asked = 0;
let answer: RequestListener = () => undefined;

beforeEach(async () => {
  asked = 0;
  server = createServer((request, response) => {
    asked++;
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
});

afterEach(async () => {
  server.closeAllConnections();
  // One test has closed it already.
  await new Promise<void>((resolve) => server.close(() => resolve()));
});

function answering(...list: readonly (readonly [number, object | string])[]): RequestListener {
  let at = 0;
  return (_request, response) => {
    const [status, body] = list[Math.min(at++, list.length - 1)] ?? [500, ""];
    response.writeHead(status, { "content-type": "application/json" });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  };
}

const open = async (timeoutMs = 5_000): ReturnType<typeof openTransitKek> =>
  openTransitKek({ url, key: "kx", token: () => TOKEN, timeoutMs });

test("a server that is away for a moment is asked again; one that stays away is named", async () => {
  answer = answering([503, { errors: ["Vault is sealed"] }], [500, { errors: ["internal"] }], [200, { data: KEY }]);
  expect((await open()).currentVersion()).toBe(1);
  expect(asked).toBe(3);
  answer = answering([503, { errors: ["Vault is sealed"] }]);
  await expect(open()).rejects.toMatchObject({
    code: "kms-unreachable",
    message: "Cannot ask the key server: it is sealed: unseal it",
  });
  answer = answering([429, {}]);
  await expect(open()).rejects.toMatchObject({ message: "Cannot ask the key server: it answered 429" });
});

test("a server that never answers is given up after the time set", async () => {
  answer = () => undefined;
  await expect(open(300)).rejects.toMatchObject({
    code: "kms-unreachable",
    message: "Cannot ask the key server: it gave no answer within 300 ms",
  });
  answer = (_request, response) => response.writeHead(200).write("{");
  await expect(open(300)).rejects.toMatchObject({ code: "kms-unreachable" });
});

test("the token does not follow a redirect", async () => {
  const paths: (string | undefined)[] = [];
  answer = (request, response) => {
    paths.push(request.url);
    if (request.url !== "/elsewhere") response.writeHead(307, { location: `${url}/elsewhere` });
    response.end(JSON.stringify({ data: KEY }));
  };
  await expect(open()).rejects.toMatchObject({ code: "kms-unreachable" });
  expect(paths).not.toContain("/elsewhere");
});

test("nobody listening, and answers of another server are refused", async () => {
  for (const [list, why] of [
    [[200, "<html>"], "not one of a Transit engine"],
    [[200, { data: { ...KEY, latest_version: "1" } }], "not one of a Transit engine"],
    [[200, "[1,2]"], "not one of a Transit engine"],
    [[200, "x".repeat(1_000_001)], "failed"],
  ] as const) {
    answer = answering(list);
    await expect(open()).rejects.toMatchObject({ code: "kms-unreachable", message: expect.stringContaining(why) });
  }
  server.closeAllConnections();
  server.close();
  await expect(open()).rejects.toMatchObject({ message: "Cannot ask the key server: ECONNREFUSED" });
});

test("rotate is not tried twice, and no error says the token or the secret", async () => {
  answer = answering([200, { data: KEY }]);
  const kek = await open();
  asked = 0;
  answer = answering([500, { errors: ["no"] }]);
  await expect(kek.rotate()).rejects.toMatchObject({ code: "kms-unreachable" });
  expect(asked).toBe(1);
  const secret = Buffer.from("secret that is never said");
  for (const status of [400, 403, 404, 500]) {
    answer = answering([status, { errors: [`echo ${TOKEN} ${secret.toString("base64")}`] }]);
    const error = await kek.wrap(secret, Buffer.from("aad")).catch((thrown: unknown) => thrown);
    const text = `${String(error)} ${JSON.stringify(error)}`;
    for (const word of [TOKEN, secret.toString(), secret.toString("base64")]) expect(text).not.toContain(word);
  }
  expect(await kek.health()).toMatchObject({ type: "failed" });
});

test.each([
  [{ url: "http://vault.example:8200" }, "address"],
  [{ url: "ftp://127.0.0.1" }, "address"],
  [{ url: "not an address" }, "address"],
  [{ key: "../sys/seal" }, "name"],
  [{ mount: "a/../sys" }, "mount"],
])("openTransitKek refuses %j before it asks anybody", async (change, why) => {
  await expect(openTransitKek({ url, key: "kx", token: () => TOKEN, ...change })).rejects.toThrow(why);
  expect(asked).toBe(0);
});
