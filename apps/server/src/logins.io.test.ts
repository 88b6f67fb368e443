import { createServer } from "node:http";
import { writeFileSync } from "node:fs";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

import type { Client } from "@kaelix/contract";
import { afterAll, beforeAll, expect, test } from "vitest";

import type { OpenHouse } from "./server.ts";
import { authenticatorCode } from "./testing/authenticator.ts";
import { claimed, clientOf, close, closeAfterEach, newFolder, open, problemOf } from "./testing/houses.ts";
import { type IdentityProvider, startIdentityProvider } from "./testing/identity-provider.ts";

// Signing in through a real OpenID provider, by the routes of a whole house.
const PASSWORD = "testpassword";
let work: IdentityProvider;
let other: IdentityProvider;

closeAfterEach();
beforeAll(async () => {
  work = await startIdentityProvider();
  other = await startIdentityProvider();
  await work.takeBackTo("http://localhost/login/with/work");
  await other.takeBackTo("http://localhost/login/with/other");
});
afterAll(async () => {
  delete process.env["KAELIX_LOGIN_PROVIDERS"];
  await work.close();
  await other.close();
});

async function openWith(folder: string, more: readonly object[] = []): Promise<OpenHouse> {
  const file = join(folder, "..", `${folder.split("/").at(-1)}-providers.json`);
  const row = (id: string, { issuer, clientId, clientSecret }: IdentityProvider): object => ({
    id,
    name: `At ${id}`,
    issuer,
    client_id: clientId,
    client_secret: clientSecret,
  });
  writeFileSync(file, JSON.stringify({ providers: [row("work", work), row("other", other), ...more] }));
  process.env["KAELIX_LOGIN_PROVIDERS"] = file;
  return open(folder);
}

function queryOf(url: string): string {
  expect(url).toMatch(/^http:\/\/localhost\/login\/with\/\w+\?/);
  return new URL(url).search.slice(1);
}

async function link(owner: Client, subject: string, at: "work" | "other" = "work"): Promise<string> {
  await owner.call("auth.prove", { body: { password: PASSWORD } });
  const { data } = await owner.call("logins.begin", { body: { provider: at } });
  const query = queryOf(await (at === "work" ? work : other).visit(data.url, subject));
  return (await owner.call("logins.finish", { body: { provider: at, flow: data.flow, query } })).data.id;
}

interface CameBack {
  readonly flow: string;
  readonly query: string;
}

async function goAndComeBack(house: OpenHouse, subject: string, change = (url: URL): URL => url): Promise<CameBack> {
  const { data } = await clientOf(house).call("auth.providerBegin", { params: { id: "work" } });
  return { flow: data.flow, query: queryOf(await work.visit(change(new URL(data.url)).href, subject)) };
}

function finish(house: OpenHouse, body: { flow: string; query?: string; code?: string }, id = "work") {
  return clientOf(house).call("auth.providerFinish", { params: { id }, body });
}

/** Says of itself that it is somebody else. */
async function startLying(): Promise<{ readonly port: number; readonly stop: () => void }> {
  const lying = createServer((request, response) => {
    response.setHeader("content-type", "application/json");
    const document = { issuer: work.issuer, authorization_endpoint: work.issuer, token_endpoint: work.issuer };
    response.end(JSON.stringify({ ...document, jwks_uri: `${work.issuer}/jwks` }));
    request.resume();
  }).listen(0, "127.0.0.1");
  await once(lying, "listening");
  const { port } = lying.address() as AddressInfo;
  const stop = (): void => {
    lying.closeAllConnections();
    lying.close();
  };
  return { port, stop };
}

const REFUSED = { status: 403, code: "provider-refused" };

test("an account is linked after a fresh proof and signs in, also after a restart; unlinked it does not; the operator links none", async () => {
  const folder = newFolder();
  const house = await openWith(folder);
  const owner = await claimed(house);
  const { data: server } = await owner.call("server.describe");
  expect(server.sign_in_with.map(({ id }) => id)).toEqual(["work", "other"]);
  const unproved = await problemOf(owner.call("logins.begin", { body: { provider: "work" } }));
  expect(unproved).toMatchObject({ status: 403, code: "proof-needed" });
  await link(owner, "ann");
  const { data: linked } = await owner.call("logins.list");
  expect(linked.data).toMatchObject([
    { provider: "work", name: "At work", label: "ann@example.com", last_used_at: null },
  ]);
  const operator = clientOf(house, house.operatorToken);
  await operator.call("auth.prove", { body: { password: PASSWORD } });
  const asOperator = await problemOf(operator.call("logins.begin", { body: { provider: "work" } }));
  expect(asOperator).toMatchObject({ status: 403, code: "policy-denied" });
  await close(house);

  const again = await openWith(folder);
  const { data: tokens } = await finish(again, await goAndComeBack(again, "ann"));
  const later = clientOf(again, tokens.access_token);
  expect((await later.call("me.read")).data).toMatchObject({ name: "Ann", open_up_to: "confidential" });
  // It opens nothing above and proves nothing: both want the password.
  expect((await later.call("factors.read")).data.proved_until).toBeNull();
  const [row] = (await later.call("logins.list")).data.data;
  expect(row?.last_used_at).not.toBeNull();
  await later.call("auth.prove", { body: { password: PASSWORD } });
  await later.call("logins.remove", { params: { id: row?.id ?? "" } });
  const unlinked = await problemOf(finish(again, await goAndComeBack(again, "ann")));
  expect(unlinked).toMatchObject({ status: 403, code: "provider-unlinked" });
  const { data: audit } = await later.call("audit.own", { query: { limit: 100 } });
  const actions = audit.data.map(({ action }) => action);
  expect(actions).toEqual(expect.arrayContaining(["factor.change", "identity.provider"]));
});

test("what comes back is refused when its state is forged, its code was used, its nonce or verifier is another's, or another browser or provider began it; a foreign address to come back to is refused by the provider, a provider that names another issuer by us", async () => {
  const { port, stop } = await startLying();
  const house = await openWith(newFolder(), [{ id: "lying", issuer: `http://127.0.0.1:${port}`, client_id: "kaelix" }]);
  await link(await claimed(house), "ann");
  const refused = async (body: CameBack, id?: string): Promise<void> => {
    expect(await problemOf(finish(house, body, id))).toMatchObject(REFUSED);
  };
  const forged = await goAndComeBack(house, "ann");
  await refused({ ...forged, query: forged.query.replace(/state=[^&]+/, "state=forged") });
  // Whatever came of it, it is over.
  await refused(forged);

  const used = await goAndComeBack(house, "ann");
  await finish(house, used);
  await refused(used);
  const replaying = await clientOf(house).call("auth.providerBegin", { params: { id: "work" } });
  const state = new URL(replaying.data.url).searchParams.get("state") ?? "";
  await refused({ flow: replaying.data.flow, query: used.query.replace(/state=[^&]+/, `state=${state}`) });

  const set = (name: string, value: string) => (url: URL) => {
    url.searchParams.set(name, value);
    return url;
  };
  await refused(await goAndComeBack(house, "ann", set("nonce", "of-another-sign-in")));
  await refused(
    await goAndComeBack(house, "ann", set("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")),
  );

  // Login CSRF: the victim's browser began something else than what the attacker's came back with.
  const [attacker, victim] = [await goAndComeBack(house, "mallory"), await goAndComeBack(house, "ann")];
  await refused({ flow: victim.flow, query: attacker.query });
  await refused({ ...(await goAndComeBack(house, "ann")), flow: "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU" });

  // Mix-up: begun at one, answered by another, under the first one's state.
  await refused(await goAndComeBack(house, "ann"), "other");
  const mixed = await goAndComeBack(house, "ann");
  const iss = encodeURIComponent(other.issuer);
  expect(mixed.query).toContain("iss=");
  await refused({ ...mixed, query: mixed.query.replace(/iss=[^&]+/, `iss=${iss}`) });
  const nameless = await goAndComeBack(house, "ann");
  await refused({ ...nameless, query: nameless.query.replace(/&?iss=[^&]+/, "") });

  const { data } = await clientOf(house).call("auth.providerBegin", { params: { id: "work" } });
  const elsewhere = new URL(data.url);
  expect(elsewhere.searchParams.get("redirect_uri")).toBe("http://localhost/login/with/work");
  expect(elsewhere.searchParams.get("code_challenge_method")).toBe("S256");
  elsewhere.searchParams.set("redirect_uri", "http://localhost.attacker.example/login/with/work");
  expect(await work.visit(elsewhere.href, "ann")).toMatch(/^400 [^]*redirect_uri/);
  const posing = await problemOf(clientOf(house).call("auth.providerBegin", { params: { id: "lying" } }));
  expect(posing).toMatchObject({ status: 503, code: "provider-down" });
  const unknown = await problemOf(clientOf(house).call("auth.providerBegin", { params: { id: "nobody" } }));
  expect(unknown).toMatchObject({ status: 404, code: "provider-missing" });
  stop();
});

test("an account is one person's: linked by another it is refused, the same name at another provider is somebody else, a link begun by one is not ended by another; a suspended person stays out, and whoever has a second factor gives its code too, by the same handle", async () => {
  const house = await openWith(newFolder());
  const owner = await claimed(house);
  await link(owner, "ann");
  expect(await problemOf(link(owner, "ann"))).toMatchObject({ status: 409, code: "provider-present" });
  const { data: invite } = await owner.call("invites.create", { body: {} });
  const person = { phone: "+1234567891", name: "Bob", password: PASSWORD, invite_code: invite.code };
  const { data: joined } = await clientOf(house).call("auth.signUp", { body: person });
  const bob = clientOf(house, joined.access_token);
  expect(await problemOf(link(bob, "ann"))).toMatchObject({ status: 409, code: "provider-taken" });
  await link(bob, "ann", "other");
  const { data: tokens } = await finish(house, await goAndComeBack(house, "ann"));
  expect(tokens.user.name).toBe("Ann");

  await bob.call("auth.prove", { body: { password: PASSWORD } });
  const { data: begun } = await bob.call("logins.begin", { body: { provider: "work" } });
  const query = queryOf(await work.visit(begun.url, "carol"));
  const body = { provider: "work", flow: begun.flow, query };
  expect(await problemOf(owner.call("logins.finish", { body }))).toMatchObject(REFUSED);
  expect(await problemOf(finish(house, { flow: begun.flow, query }))).toMatchObject(REFUSED);
  const { data: mine } = await owner.call("logins.list");
  const stolen = bob.call("logins.remove", { params: { id: mine.data[0]?.id ?? "" } });
  expect(await problemOf(stolen)).toMatchObject({ status: 404, code: "provider-link-missing" });
  expect((await bob.call("logins.finish", { body })).data.label).toBe("carol@example.com");

  await owner.call("users.suspend", { params: { id: joined.user.id } });
  const { data: away } = await clientOf(house).call("auth.providerBegin", { params: { id: "other" } });
  const back = { flow: away.flow, query: queryOf(await other.visit(away.url, "ann")) };
  expect(await problemOf(finish(house, back, "other"))).toMatchObject({ code: "identity-suspended" });

  await owner.call("auth.prove", { body: { password: PASSWORD } });
  const { data: totp } = await owner.call("factors.beginTotp");
  const { data: kept } = await owner.call("factors.confirmTotp", { body: { code: authenticatorCode(totp.secret) } });
  const shown = await goAndComeBack(house, "ann");
  expect(await problemOf(finish(house, shown))).toMatchObject({ status: 403, code: "second-factor-needed" });
  const wrong = await problemOf(finish(house, { flow: shown.flow, code: "000000" }));
  expect(wrong).toMatchObject({ status: 403, code: "code-wrong" });
  const code = kept.recovery_codes[0] ?? "";
  expect((await finish(house, { flow: shown.flow, code })).data.user.name).toBe("Ann");
  const replayed = finish(house, { flow: shown.flow, code: kept.recovery_codes[1] ?? "" });
  expect(await problemOf(replayed)).toMatchObject(REFUSED);
});
