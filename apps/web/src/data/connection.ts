/**
 * The one connection to the server. The access token lives in this module's memory alone; the refresh token in a cookie
 * that scripts cannot read. Two tabs never refresh at once where the browser has locks.
 */
import { type CallOptions, type Client, createClient, KaelixProblem, type RouteName, routes } from "@kaelix/contract";

import type { Problem } from "../core/problem-words.ts";
import type { OutputOf } from "./wire.ts";

let accessToken: string | undefined;
let purpose: string | undefined;
let renewal: Promise<boolean> | undefined;
let written: { readonly position: string; readonly untilMs: number } | undefined;
let onSignedOut: () => void = () => {};
let onReach: (isReached: boolean) => void = () => {};
let isReached = true;

/** How long after a write later reads ask for it, in ms. */
const READ_YOUR_WRITES_MS = 10_000;

/** The access token of this page, if it is signed in. */
export function currentToken(): string | undefined {
  return accessToken;
}

/** Keeps or drops the access token. */
export function setToken(token: string | undefined): void {
  accessToken = token;
}

/** Called when a renewal fails: the session has ended. */
export function whenSignedOut(listener: () => void): void {
  onSignedOut = listener;
}

/** Called when the server stops answering, and when it answers again. */
export function whenReachChanged(listener: (isReached: boolean) => void): void {
  onReach = listener;
}

/** Notes that the server answered or did not. */
function noteReach(now: boolean): void {
  if (now === isReached) return;
  isReached = now;
  onReach(now);
}

/** Asks the server whether it is there and ready; what it answers is noted. */
export async function probeServer(): Promise<void> {
  try {
    noteReach((await client.call("server.describe")).data.ready);
  } catch {
    noteReach(false);
  }
}

/** `fetch` that notes when nobody answers. That somebody does again is for `probeServer` to say: a starting server answers too. */
const notingFetch: typeof fetch = async (input, init) => {
  try {
    return await fetch(input, init);
  } catch (error) {
    // What the page itself broke off says nothing of the server.
    if (init?.signal?.aborted !== true) noteReach(false);
    throw error;
  }
};

/** The client that all calls go through. */
export const client: Client = createClient({
  baseUrl: "",
  accessToken: () => accessToken,
  renew,
  fetch: notingFetch,
  purpose: () => purpose,
});

/** What is read for from now on; undefined: nothing in particular. */
export function setPurpose(next: string | undefined): void {
  purpose = next;
}

/** Exchanges the cookie for new tokens; tabs of one browser take turns. @throws KaelixProblem, TypeError */
export async function refreshTokens(): Promise<OutputOf<"auth.refresh">> {
  const call = async (): Promise<OutputOf<"auth.refresh">> => (await client.call("auth.refresh", { body: {} })).data;
  const locks: LockManager | undefined = globalThis.navigator?.locks;
  return locks === undefined ? call() : locks.request("kaelix-refresh", call);
}

/** Gets a new access token by the cookie; callers at the same time share one try. */
export function renew(): Promise<boolean> {
  renewal ??= refreshTokens()
    .then((tokens) => {
      accessToken = tokens.access_token;
      return true;
    })
    .catch((error: unknown) => {
      if (error instanceof KaelixProblem && error.status < 500) {
        accessToken = undefined;
        onSignedOut();
      }
      return false;
    })
    .finally(() => {
      renewal = undefined;
    });
  return renewal;
}

/** Remembers the position of a write, so that reads soon after see it. */
export function noteWrite(position: string | undefined, nowMs: number): void {
  if (position !== undefined) written = { position, untilMs: nowMs + READ_YOUR_WRITES_MS };
}

/** The options of a call, with read-your-writes where the route has it. */
export function callOptionsFor(name: RouteName, options: CallOptions | undefined, nowMs: number): CallOptions {
  const route = routes[name];
  const reads = "waits" in route && name !== "memories.create";
  if (!reads || written === undefined || nowMs > written.untilMs) return options ?? {};
  return { after: written.position, ...options };
}

/** A thrown thing as plain data. A failed fetch has status 0. */
export function problemOf(error: unknown): Problem {
  if (!(error instanceof KaelixProblem)) {
    return { status: 0, code: "unreachable", detail: "", traceId: null, fields: [], retryAfter: null };
  }
  const { ways } = error.details;
  const waitMs = error.details["retryAfterMs"] ?? error.details["retry_after_ms"];
  return {
    status: error.status,
    code: error.code,
    detail: error.detail,
    traceId: error.traceId ?? null,
    fields: error.errors.map(({ pointer, detail }) => ({ pointer, detail })),
    retryAfter: typeof waitMs === "number" ? waitMs / 1_000 : null,
    ways: Array.isArray(ways) ? ways.map(String) : [],
  };
}
