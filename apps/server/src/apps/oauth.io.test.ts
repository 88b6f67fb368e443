/** Programs of others at a running server: the MCP client and a generic one sign in by themselves; what else is tried is refused. */
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type Client as ApiClient, createClient } from "@kaelix/contract";
import {
  Client,
  DpopSession,
  type OAuthClientInformationMixed,
  type OAuthClientProvider,
  type OAuthTokens,
  StreamableHTTPClientTransport,
  UnauthorizedError,
} from "@modelcontextprotocol/client";
import * as openid from "openid-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { type RunningProduct, startServer } from "../server.ts";
import { sayYes } from "../testing/sign-in.ts";

const CLAIM_CODE = "TEST-CODE";
const PASSWORD = "harbour walnuts";
const BACK = "http://127.0.0.1:49152/back";

let folder: string;
let product: RunningProduct;
let origin: string;
let before: string | undefined;
let ann: ApiClient;

beforeAll(async () => {
  before = process.env["KAELIX_CLAIM_CODE"];
  process.env["KAELIX_CLAIM_CODE"] = CLAIM_CODE;
  folder = mkdtempSync(join(tmpdir(), "kaelix-oauth-"));
  product = await startServer({ dataDirectory: folder, host: "127.0.0.1", port: 0 });
  origin = product.url;
  const person = { phone: "+1234567890", name: "Ann", password: PASSWORD, claim_code: CLAIM_CODE };
  const { data } = await createClient({ baseUrl: origin }).call("auth.signUp", { body: person });
  ann = createClient({ baseUrl: origin, accessToken: () => data.access_token });
  await ann.call("auth.prove", { body: { password: PASSWORD } });
  await ann.call("memories.create", { body: { text: "Mum is allergic to walnuts", level: 1 } }, { waitSeconds: 5 });
  await ann.call("memories.create", { body: { text: "The safe opens with walnuts", level: 2 } }, { waitSeconds: 5 });
});

afterAll(async () => {
  await product.close();
  if (before === undefined) delete process.env["KAELIX_CLAIM_CODE"];
  else process.env["KAELIX_CLAIM_CODE"] = before;
  rmSync(folder, { recursive: true, force: true });
});

/** What a program keeps while it signs in; the person says yes at once. */
class Agent implements OAuthClientProvider {
  readonly redirectUrl = BACK;
  readonly clientMetadata = { client_name: "Robot", redirect_uris: [BACK], token_endpoint_auth_method: "none" };
  sentTo: URL | undefined;
  kept: OAuthTokens | undefined;
  readonly #session: DpopSession | undefined;
  #client: OAuthClientInformationMixed | undefined;
  #verifier = "";

  constructor(session?: DpopSession) {
    this.#session = session;
  }

  clientInformation(): OAuthClientInformationMixed | undefined {
    return this.#client;
  }
  saveClientInformation(client: OAuthClientInformationMixed): void {
    this.#client = client;
  }
  tokens(): OAuthTokens | undefined {
    return this.kept;
  }
  saveTokens(tokens: OAuthTokens): void {
    this.kept = tokens;
  }
  redirectToAuthorization(url: URL): void {
    this.sentTo = url;
  }
  saveCodeVerifier(verifier: string): void {
    this.#verifier = verifier;
  }
  codeVerifier(): string {
    return this.#verifier;
  }
  dpop(): DpopSession | undefined {
    return this.#session;
  }
}

async function signIn(agent: Agent, level: "general" | "confidential" = "general"): Promise<Client> {
  const newClient = (): Client =>
    new Client({ name: "robot", version: "1" }, { capabilities: {}, versionNegotiation: { mode: "auto" } });
  const transport = new StreamableHTTPClientTransport(new URL("/mcp", origin), { authProvider: agent });
  await expect(newClient().connect(transport)).rejects.toBeInstanceOf(UnauthorizedError);
  const to = await sayYes(ann, agent.sentTo ?? expect.fail("It was sent nowhere"), { level });
  await transport.finishAuth(to.searchParams);
  const client = newClient();
  await client.connect(new StreamableHTTPClientTransport(new URL("/mcp", origin), { authProvider: agent }));
  return client;
}

async function recalled(client: Client): Promise<unknown> {
  const result = await client.callTool({ name: "recall", arguments: { query: "walnuts" } });
  return (result.structuredContent as { total: number }).total;
}

test("an MCP client finds the way from the 401 on, signs in, renews by itself, and is ended by its person", async () => {
  const agent = new Agent();
  const client = await signIn(agent);
  expect((await client.listTools()).tools.map(({ name }) => name)).toContain("recall");
  expect(await recalled(client)).toBe(1);
  await client.callTool({ name: "remember", arguments: { text: "Ann likes figs" } });
  const { data } = (await ann.call("apps.list")).data;
  expect(data).toMatchObject([{ name: "Robot", host: null, level: "general", resource: "mcp", state: "open" }]);
  const old = agent.kept ?? expect.fail();
  // An access token that opens nothing any more: the client fetches another with what it has.
  agent.kept = { ...old, access_token: `${old.access_token.slice(0, -1)}_` };
  expect(await recalled(client)).toBe(1);
  expect(agent.kept.refresh_token).not.toBe(old.refresh_token);
  const undone = (await ann.call("keys.undo", { params: { id: data[0]?.id ?? "" }, body: { dry_run: true } })).data;
  expect(undone).toEqual({ forgotten: 1, put_back: 0 });
  await ann.call("apps.end", { params: { id: data[0]?.id ?? "" } });
  await expect(recalled(client)).rejects.toThrow();
  await client.close();
});

test("an MCP client with a key of its own: its tokens open nothing without it", async () => {
  const agent = new Agent(await DpopSession.create());
  const client = await signIn(agent, "confidential");
  expect(await recalled(client)).toBe(2);
  expect(agent.kept?.token_type).toBe("DPoP");
  const token = agent.kept?.access_token ?? "";
  for (const authorization of [`Bearer ${token}`, `DPoP ${token}`]) {
    const answer = await post("/mcp", { jsonrpc: "2.0", id: 1, method: "tools/list" }, { authorization });
    expect(answer.status).toBe(401);
    expect(answer.headers.get("www-authenticate")).toMatch(/^DPoP .*error="invalid_dpop_proof"/);
  }
  await client.close();
});

test("a generic client discovers the server, registers, signs in, asks the API, renews and revokes", async () => {
  const config = await openid.dynamicClientRegistration(
    new URL(origin),
    { client_name: "Generic", redirect_uris: [BACK], token_endpoint_auth_method: "none" },
    openid.None(),
    { execute: [openid.allowInsecureRequests], algorithm: "oauth2" },
  );
  const verifier = openid.randomPKCECodeVerifier();
  const state = openid.randomState();
  const address = openid.buildAuthorizationUrl(config, {
    redirect_uri: BACK,
    scope: "memory.search user.read",
    code_challenge: await openid.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    resource: `${origin}/api/v1`,
    state,
  });
  const to = await sayYes(ann, address);
  const tokens = await openid.authorizationCodeGrant(config, to, { pkceCodeVerifier: verifier, expectedState: state });
  expect(tokens).toMatchObject({ token_type: "bearer", expires_in: 600, scope: "memory.search user.read" });
  const me = await openid.fetchProtectedResource(config, tokens.access_token, new URL("/api/v1/me", origin), "GET");
  expect(await me.json()).toMatchObject({ name: "Ann" });
  const renewed = await openid.refreshTokenGrant(config, tokens.refresh_token ?? "");
  await openid.tokenRevocation(config, renewed.refresh_token ?? "");
  const after = await asked("/api/v1/me", renewed.access_token);
  expect(after.status).toBe(401);
});

function post(path: string, body: object, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  const type = { "content-type": "application/json" };
  return fetch(new URL(path, origin), { method: "POST", headers: { ...type, ...headers }, body: JSON.stringify(body) });
}

function form(path: string, fields: Readonly<Record<string, string>> | string): Promise<Response> {
  const body = new URLSearchParams(fields);
  return fetch(new URL(path, origin), { method: "POST", body });
}

function asked(path: string, token: string, scheme = "Bearer"): Promise<Response> {
  return fetch(new URL(path, origin), { headers: { authorization: `${scheme} ${token}` } });
}

const VERIFIER = randomBytes(32).toString("base64url");

async function registered(): Promise<string> {
  const answer = await post("/oauth/register", { client_name: "Hand", redirect_uris: [BACK] });
  return String((await bodyOf(answer))["client_id"]);
}

async function bodyOf(answer: Response): Promise<Record<string, unknown>> {
  // What is looked at by name is what the test expects.
  return (await answer.json()) as Record<string, unknown>;
}

function queryFor(clientId: string, resource: "mcp" | "api/v1", scope: string): URLSearchParams {
  return new URLSearchParams({
    client_id: clientId,
    redirect_uri: BACK,
    response_type: "code",
    code_challenge: createHash("sha256").update(VERIFIER).digest("base64url"),
    code_challenge_method: "S256",
    resource: `${origin}/${resource}`,
    scope,
  });
}

interface ByHand {
  readonly clientId: string;
  readonly access: string;
  readonly refresh: string;
}

async function byHand(resource: "mcp" | "api/v1", scope = "memory.search memory.read user.read"): Promise<ByHand> {
  const clientId = await registered();
  const to = await sayYes(ann, new URL(`${origin}/authorize?${queryFor(clientId, resource, scope).toString()}`));
  const code = to.searchParams.get("code") ?? "";
  const fields = { grant_type: "authorization_code", client_id: clientId, redirect_uri: BACK, code };
  const tokens = await bodyOf(await form("/oauth/token", { ...fields, code_verifier: VERIFIER }));
  return { clientId, access: String(tokens["access_token"]), refresh: String(tokens["refresh_token"]) };
}

describe("a token", () => {
  let api: ByHand;
  let mcp: ByHand;
  beforeAll(async () => {
    api = await byHand("api/v1");
    mcp = await byHand("mcp");
  });
  const list = { jsonrpc: "2.0", id: 1, method: "tools/list" };

  test("for one door does not open the other", async () => {
    expect((await asked("/api/v1/me", api.access)).status).toBe(200);
    expect((await asked("/api/v1/me", mcp.access)).status).toBe(401);
    const wrong = await post("/mcp", list, { authorization: `Bearer ${api.access}` });
    expect(wrong.status).toBe(401);
    expect(wrong.headers.get("www-authenticate")).toContain('error="invalid_token"');
  });

  test.each(["/api/v1/me?access_token=", "/mcp?access_token=", "/api/v1/me?authorization=Bearer%20"])(
    "in the address %s is not looked at",
    async (path) => {
      const answer = path.startsWith("/mcp")
        ? await post(path + mcp.access, list)
        : await fetch(origin + path + api.access);
      expect(answer.status).toBe(401);
    },
  );

  test("of another kind opens nothing", async () => {
    for (const token of [api.refresh, api.access.replace("kla_", "klx_"), `${api.access}A`, api.access.slice(0, -1)]) {
      expect((await asked("/api/v1/me", token)).status).toBe(401);
    }
    expect((await asked("/api/v1/me", api.access, "DPoP")).status).toBe(401);
    expect((await asked("/api/v1/me", api.access, "Basic")).status).toBe(401);
  });

  test.each([
    ["GET", "/api/v1/apps"],
    ["GET", "/api/v1/keys"],
    ["POST", "/api/v1/apps"],
    ["POST", "/api/v1/keys"],
    ["POST", "/api/v1/auth/unlock"],
    ["POST", "/api/v1/auth/prove"],
    ["GET", "/api/v1/exports/memories"],
    ["GET", "/api/v1/sessions"],
    ["POST", "/api/v1/memories"],
    ["GET", "/api/v1/me/audit"],
  ])("never does %s %s", async (method, path) => {
    const headers = { authorization: `Bearer ${api.access}`, "content-type": "application/json" };
    const answer = await fetch(origin + path, { method, headers, ...(method === "GET" ? {} : { body: "{}" }) });
    expect(answer.status).toBe(403);
  });

  test("sees nothing above the level it was given, counted or not", async () => {
    const headers = { authorization: `Bearer ${api.access}` };
    const found = await bodyOf(await post("/api/v1/searches", { query: "walnuts" }, headers));
    expect(found["total"]).toBe(1);
  });

  test("cannot be used at a socket", async () => {
    const answer = await fetch(`${origin}/socket.io/?EIO=4&transport=polling`, {
      headers: { authorization: `Bearer ${api.access}` },
    });
    expect((await answer.text()).startsWith("0{")).toBe(true);
  });
});

describe("the token endpoint", () => {
  test.each<readonly [string, Readonly<Record<string, string>> | string, string]>([
    ["nothing", {}, "invalid_request"],
    [
      "another grant",
      { client_id: "x", grant_type: "password", username: "+1234567890", password: PASSWORD },
      "unsupported_grant_type",
    ],
    ["credentials of a client", { client_id: "x", grant_type: "client_credentials" }, "unsupported_grant_type"],
    ["a secret", { client_id: "x", client_secret: "y", grant_type: "refresh_token" }, "invalid_client"],
    ["no client", { grant_type: "refresh_token", refresh_token: "klr_x" }, "invalid_request"],
    ["half a code", { client_id: "x", grant_type: "authorization_code", code: "klc_x" }, "invalid_request"],
    [
      "another resource",
      { client_id: "x", grant_type: "refresh_token", refresh_token: "y", resource: "https://evil.example" },
      "invalid_target",
    ],
    ["an unknown token", { client_id: "x", grant_type: "refresh_token", refresh_token: "klr_x" }, "invalid_grant"],
    ["a parameter twice", "client_id=x&client_id=y&grant_type=refresh_token", "invalid_request"],
  ])("refuses %s", async (_what, fields, error) => {
    const answer = await form("/oauth/token", fields);
    expect(answer.status).toBe(error === "invalid_client" ? 401 : 400);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(await bodyOf(answer)).toMatchObject({ error });
  });

  test("refuses what stands in the address, a proof that proves nothing, JSON, and GET", async () => {
    expect((await form("/oauth/token?grant_type=refresh_token", { client_id: "x" })).status).toBe(400);
    const body = new URLSearchParams({ client_id: "x", grant_type: "refresh_token", refresh_token: "y" });
    const proved = await fetch(`${origin}/oauth/token`, { method: "POST", body, headers: { dpop: "a.b.c" } });
    expect(await bodyOf(proved)).toMatchObject({ error: "invalid_dpop_proof" });
    expect((await post("/oauth/token", { grant_type: "refresh_token" })).status).toBe(400);
    expect((await fetch(`${origin}/oauth/token`)).status).toBe(405);
  });

  test("ends an app when an old token comes back, and writes it down", async () => {
    const { access, clientId, refresh } = await byHand("api/v1");
    const again = { grant_type: "refresh_token", client_id: clientId };
    const second = await bodyOf(await form("/oauth/token", { ...again, refresh_token: refresh }));
    await form("/oauth/token", { ...again, refresh_token: String(second["refresh_token"]) });
    expect(await bodyOf(await form("/oauth/token", { ...again, refresh_token: refresh }))).toMatchObject({
      error: "invalid_grant",
    });
    expect((await asked("/api/v1/me", access)).status).toBe(401);
    const written = async (): Promise<unknown> =>
      (await ann.call("audit.list", { query: { action: "app.token" } })).data;
    // Entries below level 3 wait for nobody.
    await expect.poll(written).toMatchObject({ data: [{ decision: "deny", reason: "app-token-copied" }] });
  });
});

test("the metadata names this server alone, and the 401 points there", async () => {
  const server = await bodyOf(await fetch(`${origin}/.well-known/oauth-authorization-server`));
  expect(server).toMatchObject({ issuer: origin, authorization_endpoint: `${origin}/authorize` });
  expect(server["code_challenge_methods_supported"]).toEqual(["S256"]);
  for (const path of ["/mcp", "/api/v1"]) {
    const metadata = await bodyOf(await fetch(`${origin}/.well-known/oauth-protected-resource${path}`));
    expect(metadata).toMatchObject({ resource: origin + path, authorization_servers: [origin] });
    const refused = path === "/mcp" ? await post(path, {}) : await fetch(`${origin}/api/v1/me`);
    expect(refused.headers.get("www-authenticate")).toContain(
      `resource_metadata="${origin}/.well-known/oauth-protected-resource${path}"`,
    );
  }
  expect((await fetch(`${origin}/.well-known/anything`)).status).toBe(404);
});

test("nobody is let in without a fresh proof, and never above level 2", async () => {
  const person = { phone: "+1234567890", password: PASSWORD };
  const { data } = await createClient({ baseUrl: origin }).call("auth.logIn", { body: person });
  const query = queryFor(await registered(), "mcp", "memory.read").toString();
  const connect = (more: object): Promise<Response> =>
    post("/api/v1/apps", { query, ...more }, { authorization: `Bearer ${data.access_token}` });
  expect(await bodyOf(await connect({}))).toMatchObject({ code: "proof-needed" });
  await createClient({ baseUrl: origin, accessToken: () => data.access_token }).call("auth.prove", {
    body: { password: PASSWORD },
  });
  for (const level of ["secret", "ultra-secret", 3, 4, "3"]) expect((await connect({ level })).status).toBe(400);
  expect((await connect({ days: 91 })).status).toBe(400);
  expect((await connect({})).status).toBe(201);
});

// The last one: it spends the registrations of this minute.
test("registration takes public clients alone, and no address that a browser would run", async () => {
  const errorOf = async (body: object): Promise<unknown> =>
    (await bodyOf(await post("/oauth/register", body)))["error"];
  expect(await errorOf({ redirect_uris: [] })).toBe("invalid_redirect_uri");
  expect(await errorOf({ redirect_uris: ["javascript:alert(1)"] })).toBe("invalid_redirect_uri");
  expect(await errorOf({ redirect_uris: ["http://evil.example/"] })).toBe("invalid_redirect_uri");
  expect(await errorOf({ redirect_uris: [BACK], token_endpoint_auth_method: "client_secret_post" })).toBe(
    "invalid_client_metadata",
  );
  expect(await errorOf({ redirect_uris: [BACK], grant_types: ["implicit"] })).toBe("invalid_client_metadata");
  const answers = await Promise.all(
    Array.from({ length: 30 }, () => post("/oauth/register", { redirect_uris: [BACK] })),
  );
  expect(answers.map(({ status }) => status)).toContain(429);
});
