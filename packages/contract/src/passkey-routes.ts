/** Routes of passkeys: part of the one table in `routes.ts`. */
import { z } from "zod";

import {
  passkeyAddSchema,
  passkeyCreationOptionsSchema,
  passkeyIdSchema,
  passkeyListSchema,
  passkeyRequestSchema,
  passkeySchema,
  passkeySignInSchema,
} from "./passkey-schemas.ts";
import type { Route } from "./route.ts";
import { sessionTokensSchema } from "./schemas.ts";

/** The routes by name. */
export const passkeyRoutes = {
  "passkeys.list": {
    method: "GET",
    path: "/api/v1/me/passkeys",
    action: "factor.read",
    tag: "auth",
    summary: "Your passkeys, oldest first",
    success: { status: 200, type: "json", schema: passkeyListSchema },
  },
  "passkeys.begin": {
    method: "POST",
    path: "/api/v1/me/passkeys/options",
    action: "factor.change",
    tag: "auth",
    summary: "What a browser needs to make a passkey for the address it is at; good once, for five minutes",
    success: { status: 200, type: "json", schema: passkeyCreationOptionsSchema },
  },
  "passkeys.add": {
    method: "POST",
    path: "/api/v1/me/passkeys",
    action: "factor.change",
    tag: "auth",
    summary: "Keep the passkey that the browser made",
    body: passkeyAddSchema,
    success: { status: 201, type: "json", schema: passkeySchema },
  },
  "passkeys.remove": {
    method: "DELETE",
    path: "/api/v1/me/passkeys/{id}",
    action: "factor.change",
    tag: "auth",
    summary: "Take a passkey away; it opens nothing from then on",
    params: z.strictObject({ id: passkeyIdSchema }),
    success: { status: 204, type: "empty" },
  },
  "auth.passkeyOptions": {
    method: "POST",
    path: "/api/v1/auth/passkey/options",
    action: "public",
    tag: "auth",
    summary: "What a browser needs to sign somebody in by a passkey; it names nobody. Good once, for five minutes",
    success: { status: 200, type: "json", schema: passkeyRequestSchema },
  },
  "auth.passkey": {
    method: "POST",
    path: "/api/v1/auth/passkey",
    action: "public",
    tag: "auth",
    summary: "Sign in by a passkey; neither password nor code is asked for",
    body: passkeySignInSchema,
    success: { status: 200, type: "json", schema: sessionTokensSchema },
  },
  "auth.passkeyProof": {
    method: "POST",
    path: "/api/v1/auth/passkey/proof",
    action: "session.prove",
    tag: "auth",
    summary: "What a browser needs to prove by a passkey who is at this session, for `auth/prove` and `auth/unlock`",
    success: { status: 200, type: "json", schema: passkeyRequestSchema },
  },
} as const satisfies Readonly<Record<string, Route>>;
