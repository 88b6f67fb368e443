/** A real OpenID provider on this machine, and a browser that signs in at it by following its redirects. */
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";

import { assert } from "@kaelix/base";

/** A provider that listens. */
export interface IdentityProvider {
  /** Says where its client's browsers come back to; before that it serves nothing. */
  takeBackTo(redirectUri: string): Promise<void>;
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Signs `subject` in at an address of the provider; answers where it sends the browser back to, or what page it stopped at. */
  visit(url: string, subject: string): Promise<string>;
  close(): Promise<void>;
}

/** Starts one that knows one client, and anybody who says their name. */
export async function startIdentityProvider(): Promise<IdentityProvider> {
  const listener = createServer();
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address() as AddressInfo;
  const issuer = `http://127.0.0.1:${port}`;
  const [clientId, clientSecret] = ["kaelix", "a secret of the client"];
  return {
    issuer,
    clientId,
    clientSecret,
    takeBackTo: async (redirectUri) => {
      listener.on("request", await providerAt(issuer, { clientId, clientSecret, redirectUri }));
    },
    visit: (url, subject) => visit(url, subject, issuer),
    close: async () => {
      listener.closeAllConnections();
      listener.close();
      await once(listener, "close");
    },
  };
}

async function providerAt(
  issuer: string,
  client: { readonly clientId: string; readonly clientSecret: string; readonly redirectUri: string },
): Promise<RequestListener> {
  const { default: Provider } = await import("oidc-provider");
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: client.clientId,
        client_secret: client.clientSecret,
        redirect_uris: [client.redirectUri],
        token_endpoint_auth_method: "client_secret_post",
      },
    ],
    claims: { openid: ["sub"], email: ["email", "email_verified"] },
    conformIdTokenClaims: false,
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => ({ sub: id, email: `${id}@example.com`, email_verified: true }),
    }),
    // Nobody is asked whether they agree.
    loadExistingGrant: async (context) => {
      const { client: known, session } = context.oidc;
      assert(known !== undefined && session?.accountId !== undefined, "Somebody has signed in");
      const grant = new context.oidc.provider.Grant({ clientId: known.clientId, accountId: session.accountId });
      grant.addOIDCScope("openid email");
      await grant.save();
      return grant;
    },
    ttl: { AccessToken: 600, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
    renderError: (context, out) => {
      context.body = out;
    },
    cookies: { keys: ["for this test alone"] },
    pkce: { required: () => true },
  });
  const serve = provider.callback();
  return (request, response) => void serve(request, response);
}

/** Follows redirects with cookies as a browser does, and fills in the one form that asks for a name. */
async function visit(start: string, subject: string, issuer: string): Promise<string> {
  const cookies = new Map<string, string>();
  let next: { readonly url: string; readonly form?: URLSearchParams } = { url: start };
  for (let step = 0; step < 12; step++) {
    if (!next.url.startsWith(issuer)) return next.url;
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const response: Response = await fetch(next.url, {
      redirect: "manual",
      headers: { cookie },
      ...(next.form === undefined ? {} : { method: "POST", body: next.form }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ""] = line.split(";");
      const [name = "", value = ""] = pair.split("=");
      cookies.set(name, value);
    }
    const target = response.headers.get("location");
    const text = await response.text();
    if (target !== null) next = { url: new URL(target, next.url).href };
    else {
      const action = /action="([^"]+)"/.exec(text)?.[1];
      if (action === undefined) return `${response.status} ${text}`;
      const form = new URLSearchParams({ prompt: "login", login: subject, password: "x" });
      next = { url: new URL(action, next.url).href, form };
    }
  }
  throw new Error("The provider sent the browser around in a circle");
}
