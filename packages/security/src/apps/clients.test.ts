import { ManualClock, systemRandom } from "@kaelix/base";
import { expect, test } from "vitest";

import { AppClients } from "./clients.ts";
import { isRedirect, matchesRedirect } from "./redirects.ts";

const ID = "https://app.example/client.json";
const REDIRECT = "https://app.example/back";

function clientsWith(document: unknown): {
  readonly clients: AppClients;
  readonly read: string[];
  readonly clock: ManualClock;
} {
  const read: string[] = [];
  const clock = new ManualClock();
  const clients = new AppClients({
    secret: new Uint8Array(32),
    clock,
    random: systemRandom,
    read: async (url) => {
      read.push(url);
      return typeof document === "string" ? document : JSON.stringify(document);
    },
  });
  return { clients, read, clock };
}

test("an address is read once in five minutes, and its host vouches for the name", async () => {
  const { clients, clock, read } = clientsWith({ client_id: ID, client_name: "App", redirect_uris: [REDIRECT] });
  const client = await clients.find(ID);
  expect(client).toEqual({ id: ID, name: "App", redirects: [REDIRECT], host: "app.example" });
  await clients.find(ID);
  clock.advance(300_000);
  await clients.find(ID);
  expect(read).toEqual([ID, ID]);
});

const good = { client_id: ID, client_name: "App", redirect_uris: [REDIRECT] };

test.each<readonly [string, unknown]>([
  ["of another client", { ...good, client_id: "https://app.example/other.json" }],
  ["without an id", { client_name: "App", redirect_uris: [REDIRECT] }],
  ["with a secret", { ...good, client_secret: "s" }],
  ["of a client with a secret", { ...good, token_endpoint_auth_method: "client_secret_basic" }],
  ["without addresses", { client_id: ID }],
  ["with an address that is none", { ...good, redirect_uris: [REDIRECT, "javascript:alert(1)"] }],
  ["with too many addresses", { ...good, redirect_uris: Array.from({ length: 11 }, () => REDIRECT) }],
  ["for other grants", { ...good, grant_types: ["client_credentials"] }],
  ["for tokens at once", { ...good, response_types: ["token"] }],
  ["that is a list", [good]],
  ["that is no JSON", "<html>"],
  ["with a name that is none", { ...good, client_name: 1 }],
])("a document %s is refused", async (_what, document) => {
  await expect(clientsWith(document).clients.find(ID)).rejects.toMatchObject({
    code: /^app-(metadata|redirect)-invalid$/,
  });
});

test.each([
  "http://app.example/client.json",
  "https://app.example",
  "https://app.example/",
  "https://app.example/client.json#x",
  "https://user@app.example/client.json",
  "https://APP.example/client.json",
  "https://app.example/a/../client.json",
  "https://app.example:443/client.json",
  `https://app.example/${"x".repeat(500)}`,
  "https:app.example/client.json",
])("%s is no id, and nothing is read from there", async (id) => {
  const { clients, read } = clientsWith({ ...good, client_id: id });
  await expect(clients.find(id)).rejects.toMatchObject({ code: "app-client-unknown" });
  expect(read).toEqual([]);
});

test("a name is cut and holds nothing that turns or hides it", () => {
  const { clients } = clientsWith(good);
  const register = (client_name: string): string => clients.register({ client_name, redirect_uris: [REDIRECT] }).name;
  expect(register(`Ka\u202Eelix\u0000\u200B ${"x".repeat(200)}`)).toBe(`Kaelix ${"x".repeat(93)}`);
  expect(register("\u200B")).toBe("An app");
});

test.each<readonly [string, boolean]>([
  ["https://app.example/back?a=b", true],
  ["http://127.0.0.1:8080/", true],
  ["http://[::1]/back", true],
  ["http://localhost:1/back", true],
  ["com.example.app:/back", true],
  ["cursor://anysphere.cursor-retrieval/back", true],
  ["http://app.example/back", false],
  ["http://127.0.0.1.evil.example/", false],
  ["http://localhost.evil.example/", false],
  ["http://10.0.0.1/", false],
  ["javascript:alert(1)", false],
  ["data:text/html,x", false],
  ["file:///etc/passwd", false],
  ["blob:https://app.example/x", false],
  ["about:blank", false],
  ["https://app.example/#x", false],
  ["https://app.example/#", false],
  ["https://user:word@app.example/", false],
  ["https://app.example\\@evil.example/", false],
  ["https://app.example/\n", false],
  [" https://app.example/", false],
  ["//app.example/", false],
  ["", false],
])("isRedirect(%j) is %s", (text, is) => {
  expect(isRedirect(text)).toBe(is);
});

test("on the own machine the port may be another, and nothing else", () => {
  const named = ["http://127.0.0.1/back", "http://localhost:3000/back?x=1", "https://app.example/back"];
  for (const asked of ["http://127.0.0.1:49152/back", "http://localhost:1/back?x=1", "https://app.example/back"]) {
    expect(matchesRedirect(asked, named), asked).toBe(true);
  }
  for (const asked of [
    "http://localhost:49152/back",
    "http://127.0.0.1:49152/other",
    "http://127.0.0.1:49152/back?x=1",
    "http://127.0.0.1:49152/back/",
    "http://127.0.0.1:99999/back",
    "http://localhost/back",
    "https://app.example:444/back",
    "http://127.1:80/back",
    "HTTP://127.0.0.1/back",
  ]) {
    expect(matchesRedirect(asked, named), asked).toBe(false);
  }
});
