/** An app of somebody else, let in by a person: the protocol by hand, as short as it goes. */
import { createHash } from "node:crypto";

import type { Door } from "./door.ts";
import { fieldOf, type Person } from "./product.ts";

const BACK = "http://127.0.0.1:49152/back";
const VERIFIER = "v".repeat(43);

/** Lets an app in at the API's door. @returns its access token, good for ten minutes as a session's */
export async function connectApp(
  door: Door,
  person: Person,
  app: { readonly name: string; readonly scopes: readonly string[] },
): Promise<string> {
  const { name, scopes } = app;
  const registered = await door.askJson(undefined, "POST", "/oauth/register", {
    client_name: name,
    redirect_uris: [BACK],
  });
  const client_id = fieldOf(registered, "client_id");
  const query = new URLSearchParams({
    client_id,
    redirect_uri: BACK,
    response_type: "code",
    code_challenge: createHash("sha256").update(VERIFIER).digest("base64url"),
    code_challenge_method: "S256",
    scope: scopes.join(" "),
  }).toString();
  const token = await person.signIn();
  await door.askJson(token, "POST", "/api/v1/auth/prove", { password: person.password });
  const { searchParams } = new URL(fieldOf(await door.askJson(token, "POST", "/api/v1/apps", { query }), "to"));
  const form = { grant_type: "authorization_code", client_id, redirect_uri: BACK, code_verifier: VERIFIER };
  const answer = await door.ask({
    method: "POST",
    path: "/oauth/token",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ ...form, code: searchParams.get("code") ?? "" }).toString(),
  });
  return fieldOf(answer, "access_token");
}
