/**
 * Programs of others that a person lets in by signing in: an authorisation server after OAuth 2.1.
 *
 *     ask ──► connect ──► code, 60 s ──redeem──► generation 1 ──refresh──► 2 …     code again, or an older token again ──► ended
 *
 * Guarantees: what is answered is durable on the log; a code is exchanged once, within its minute, by whoever has the verifier, and any
 * wrong try spends it; of refresh tokens the newest opens, an older one ends the app with all its tokens; an app that was ended, has
 * expired, or whose person is gone opens nothing from the same moment, also after a restart and a clock set back; an app acts below its
 * level, level 2 at most, within its scopes and within what its person may. All of it is one compacted record per app.
 */
import { createHash } from "node:crypto";

import { type Clock, KeyedLock, type RandomSource } from "@kaelix/base";
import {
  type ApiKeyId,
  type KeyReach,
  type Level,
  LEVEL_INDEXED_MAX,
  makeId,
  type TenantId,
  type UserId,
} from "@kaelix/model";

import type { AccessRegister } from "../access/access-register.ts";
import type { KeyOwners } from "../access/key-owners.ts";
import { isUseDue, programPlace } from "../access/program-rows.ts";
import type { AppRow } from "../access/rows.ts";
import { securityErrors } from "../errors.ts";
import type { Keystore } from "../keys/keystore.ts";
import type { SigningLine } from "../keys/signing-keys.ts";
import { parseAction } from "../policy/actions.ts";
import type { AgentSubject } from "../policy/subjects.ts";
import { appEvent, type AppState, stateOfApp } from "./app-rows.ts";
import {
  APP_TOKEN_SECONDS,
  hashText,
  isSameHash,
  makeAppAccess,
  makeAppRefresh,
  makeCode,
  parseAppAccess,
  parseAppRefresh,
  parseCode,
  type ParsedAppRefresh,
} from "./app-tokens.ts";
import { answerUrl, type AppRequest, type AppResource, clientIdOf, parseAppRequest } from "./authorization.ts";
import type { AppClients } from "./clients.ts";
import { redirectWords } from "./redirects.ts";

/** What a person is asked, or the address that the app's mistake goes to. `denied`: where to go when they say no. */
export type AppQuestion =
  | { readonly type: "question"; readonly request: AppRequest; readonly denied: string }
  | { readonly type: "back"; readonly to: string };

/** What a person answers with yes. */
export interface AppConsent {
  /** The query of the authorisation request, as it came. */
  readonly query: string;
  /** This server, as the app reached it. */
  readonly issuer: string;
  /** 1 or 2. */
  readonly ceiling: Level;
  /** Whose words it reads; default `person`. */
  readonly reach?: KeyReach;
  /** 1 to 90. */
  readonly days: number;
}

/** An app in its person's list. Times are epoch ms. */
export interface AppInfo {
  readonly key: ApiKeyId;
  readonly name: string;
  /** The host that vouches for the name; null: the app said so itself. */
  readonly host: string | null;
  /** Where it took its code. */
  readonly redirect: string;
  readonly resource: AppResource;
  readonly scopes: readonly string[];
  readonly ceiling: Level;
  readonly reach: KeyReach;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  readonly usedAtMs: number | null;
  readonly state: AppState;
}

/** What the token endpoint answers, in the words of RFC 6749 §5. */
export type TokenOutcome =
  | {
      readonly type: "tokens";
      readonly accessToken: string;
      readonly expiresInSeconds: number;
      readonly refreshToken: string;
      readonly scopes: readonly string[];
      readonly isBound: boolean;
    }
  | {
      readonly type: "refused";
      readonly error: "invalid_grant" | "invalid_scope" | "invalid_target";
      readonly why: string;
    };

/** An exchange of a code. `jkt`: thumbprint of the key that a DPoP proof has shown. */
export interface CodeExchange {
  readonly code: string;
  readonly clientId: string;
  readonly redirect: string;
  readonly verifier: string;
  readonly resource: AppResource | undefined;
  readonly jkt: string | null;
}

/** An exchange of a refresh token. */
export interface RefreshExchange {
  readonly refreshToken: string;
  readonly clientId: string;
  readonly scopes: readonly string[] | undefined;
  readonly resource: AppResource | undefined;
  readonly jkt: string | null;
}

/** Who is behind an app's access token. `jkt`: the key that must be proved as well. */
export type AuthenticatedApp =
  | {
      readonly type: "app";
      readonly subject: AgentSubject;
      readonly resource: AppResource;
      readonly jkt: string | null;
    }
  | { readonly type: "refused"; readonly why: "malformed" | "expired" | "ended" };

interface AppTools {
  readonly register: AccessRegister;
  readonly keystore: Keystore;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly owners: KeyOwners;
  readonly clients: AppClients;
  /** Told when a code or an old token came back: somebody has a copy. */
  readonly onReuse?: (app: { readonly key: ApiKeyId; readonly user: UserId; readonly tenant: TenantId }) => unknown;
}

interface Owner {
  readonly tenantId: TenantId;
  readonly userId: UserId;
}

const APP_DAYS_MAX = 90;
const CODE_MS = 60_000;
const GRACE_MS = 10_000;
const DAY_MS = 86_400_000;
const APPS_PER_USER_MAX = 100;
const VERIFIER = /^[A-Za-z0-9._~-]{43,128}$/;

const gone = (why: string): TokenOutcome => ({ type: "refused", error: "invalid_grant", why });

/** All apps. */
export class Apps {
  readonly #tools: AppTools;
  readonly #lock = new KeyedLock();
  readonly #graces = new Map<
    ApiKeyId,
    { readonly hash: string; readonly successor: string; readonly untilMs: number }
  >();

  constructor(tools: AppTools) {
    this.#tools = tools;
  }

  /** What tokens are made with, and after it what those that are still good were made with. */
  #keys(): SigningLine {
    return this.#tools.keystore.signing.keys("app-tokens");
  }

  /** Who apps are. */
  get clients(): AppClients {
    return this.#tools.clients;
  }

  /**
   * Reads what an app asks for. Nothing is kept.
   * @throws `app-request-invalid`, `app-client-unknown`, `app-client-unreachable`, `app-metadata-invalid`, `app-redirect-invalid`
   */
  async ask(queryText: string, issuer: string): Promise<AppQuestion> {
    const query = new URLSearchParams(queryText);
    const client = await this.#tools.clients.find(clientIdOf(query));
    const parsed = parseAppRequest(query, client, issuer);
    if (parsed.type === "back") return parsed;
    const { request } = parsed;
    const error_description = "the person said no";
    const denied = answerUrl(request, issuer, { error: "access_denied", error_description });
    return { type: "question", request, denied };
  }

  /**
   * Lets an app in, after the person has proved who they are.
   * @returns where to send them: to the app, with a code for one minute
   * @throws as `ask`; `app-request-invalid` for a wrong level or time, `app-too-many`
   */
  async connect(
    owner: Owner,
    consent: AppConsent,
  ): Promise<{ readonly to: string; readonly key: ApiKeyId | undefined }> {
    const { register, keystore, random } = this.#tools;
    const { ceiling, days, issuer, reach = "person" } = consent;
    const question = await this.ask(consent.query, issuer);
    if (question.type === "back") return { to: question.to, key: undefined };
    if (ceiling > LEVEL_INDEXED_MAX)
      throw invalid(`its level is ${ceiling}, must be 1 or 2: no program can prove presence`);
    if (!Number.isInteger(days) || days < 1 || days > APP_DAYS_MAX) throw invalid(`days must be 1 to ${APP_DAYS_MAX}`);
    const { client, redirect, resource, scopes, challenge } = question.request;
    await this.#makeRoom(owner);
    const nowMs = register.nowMs();
    const key = makeId("key", nowMs, random);
    const code = makeCode(key, random);
    const said = { name: client.name, host: client.host, redirect: redirectWords(redirect) };
    const sealed = await keystore.sealForUser(programPlace(owner.userId, key), Buffer.from(JSON.stringify(said)));
    await this.#put({
      key,
      tenant: owner.tenantId,
      user: owner.userId,
      revision: 0,
      sealed: sealed.toString("base64url"),
      client: hashText(client.id),
      resource,
      scopes,
      ceiling,
      reach,
      code: hashText(code),
      codeUntilMs: nowMs + CODE_MS,
      challenge,
      redirect: hashText(redirect),
      generation: 0,
      refresh: null,
      jkt: null,
      createdAtMs: nowMs,
      expiresAtMs: nowMs + days * DAY_MS,
      renewedAtMs: null,
      usedAtMs: null,
      endedAtMs: null,
    });
    return { to: answerUrl(question.request, issuer, { code }), key };
  }

  /** Exchanges a code for the first tokens. Throws errors of the log alone. */
  async redeem(exchange: CodeExchange): Promise<TokenOutcome> {
    const id = parseCode(exchange.code);
    if (id === undefined) return gone("the code is unknown");
    return this.#lock.run(id, async () => {
      const row = this.#tools.register.app(id);
      // A code that is not this app's is not found just as one that never was.
      if (row === undefined || !isSameHash(hashText(exchange.code), row.code)) return gone("the code is unknown");
      if (row.endedAtMs !== null) return gone("the code was spent");
      const isReplay = row.generation > 0;
      const problem = isReplay ? "the code was used before" : this.#problemOfCode(row, exchange);
      if (problem !== undefined) {
        // Whoever sends it has a copy, or tries what fits to it: it opens nothing more, nor do tokens that it gave.
        await this.#end(row);
        if (isReplay) this.#tools.onReuse?.(row);
        return gone(problem);
      }
      if (exchange.resource !== undefined && exchange.resource !== row.resource) {
        return { type: "refused", error: "invalid_target", why: "the code is for another resource" };
      }
      if ((await this.#tools.owners.present(row)) === undefined) return gone("the person is gone");
      return this.#give(row, exchange.jkt);
    });
  }

  /** Exchanges a refresh token for its successor. Throws errors of the log alone. */
  async refresh(exchange: RefreshExchange): Promise<TokenOutcome> {
    const token = parseAppRefresh(this.#keys(), exchange.refreshToken);
    if (token === undefined) return gone("the token is unknown");
    return this.#lock.run(token.app, () => this.#renew(token, exchange));
  }

  /** Ends the app that a token belongs to, when it is this client's (RFC 7009). Does nothing for any other token. */
  async revoke(token: string, clientId: string): Promise<void> {
    const id = parseAppRefresh(this.#keys(), token)?.app ?? parseAppAccess(this.#keys(), token)?.app;
    if (id === undefined) return;
    await this.#lock.run(id, async () => {
      const row = this.#tools.register.app(id);
      if (row === undefined || row.endedAtMs !== null || !isSameHash(hashText(clientId), row.client)) return;
      await this.#end(row);
    });
  }

  /** Who is behind an access token. Never throws for a bad one. */
  async authenticate(token: string): Promise<AuthenticatedApp> {
    const parsed = parseAppAccess(this.#keys(), token);
    if (parsed === undefined) return { type: "refused", why: "malformed" };
    const { register, owners } = this.#tools;
    const nowMs = register.nowMs();
    if (parsed.untilMs <= nowMs) return { type: "refused", why: "expired" };
    const row = register.app(parsed.app);
    if (row === undefined || row.generation === 0 || stateOfApp(row, nowMs) !== "open")
      return { type: "refused", why: "ended" };
    const user = await owners.present(row);
    if (user === undefined) return { type: "refused", why: "ended" };
    if (isUseDue(row, nowMs)) void this.#touch(row.key, nowMs);
    const { key: keyId, reach, resource, jkt } = row;
    const scopes = row.scopes.map(parseAction).filter((scope) => scope !== undefined);
    const ceiling = row.ceiling < LEVEL_INDEXED_MAX ? row.ceiling : LEVEL_INDEXED_MAX;
    const who = { tenantId: row.tenant, keyId, userId: row.user, role: user.role } as const;
    return { type: "app", subject: { type: "agent", ...who, scopes, ceiling, reach }, resource, jkt };
  }

  /** Apps that a person let in and that took their code, newest first. */
  async list(owner: Owner): Promise<readonly AppInfo[]> {
    const rows = this.#rowsOf(owner).filter(({ generation }) => generation > 0);
    return Promise.all(rows.toReversed().map((row) => this.#info(row)));
  }

  /** What an app of this person is called; undefined for any other. */
  async nameOf(owner: Owner, app: ApiKeyId): Promise<string | undefined> {
    const row = this.#own(owner, app);
    return row === undefined ? undefined : (await this.#info(row)).name;
  }

  /** Ends an app; from the moment this returns it opens nothing. Throws `app-missing` also for another person's. */
  async end(owner: Owner, app: ApiKeyId): Promise<void> {
    await this.#lock.run(app, async () => {
      const row = this.#own(owner, app);
      if (row === undefined || row.generation === 0) throw securityErrors("app-missing");
      if (row.endedAtMs === null) await this.#end(row);
    });
  }

  #problemOfCode(row: AppRow, { clientId, redirect, verifier }: CodeExchange): string | undefined {
    if (row.codeUntilMs <= this.#tools.register.nowMs()) return "the code is older than a minute";
    if (!isSameHash(hashText(clientId), row.client)) return "the code was given to another client";
    if (!isSameHash(hashText(redirect), row.redirect)) return "redirect_uri is not the one that the code was sent to";
    if (!VERIFIER.test(verifier)) return "code_verifier must be 43 to 128 letters";
    const challenge = createHash("sha256").update(verifier).digest("base64url");
    return isSameHash(challenge, row.challenge) ? undefined : "code_verifier does not fit";
  }

  async #renew(token: ParsedAppRefresh, { clientId, jkt, resource, scopes }: RefreshExchange): Promise<TokenOutcome> {
    const { clock, owners, register } = this.#tools;
    const row = register.app(token.app);
    const isOpen =
      row !== undefined && stateOfApp(row, register.nowMs()) === "open" && token.generation <= row.generation;
    if (!isOpen) return gone("the app has ended");
    if (!isSameHash(hashText(clientId), row.client)) return gone("the token was given to another client");
    // Before it counts as used: a stolen token without the key must not be able to end the app either.
    if (row.jkt !== null && row.jkt !== jkt) return gone("the token is bound to another key");
    if (scopes?.some((scope) => !row.scopes.includes(scope)) === true) {
      return { type: "refused", error: "invalid_scope", why: "more was asked than the person gave" };
    }
    if (resource !== undefined && resource !== row.resource) {
      return { type: "refused", error: "invalid_target", why: "the token is for another resource" };
    }
    if ((await owners.present(row)) === undefined) return gone("the person is gone");
    if (token.generation === row.generation) {
      return row.refresh !== null && isSameHash(token.hash, row.refresh)
        ? this.#give(row, jkt)
        : gone("the token is unknown");
    }
    const grace = this.#graces.get(row.key);
    const isRepeat = grace !== undefined && isSameHash(grace.hash, token.hash) && clock.monotonicMs() < grace.untilMs;
    if (isRepeat && token.generation === row.generation - 1) return this.#tokens(row, grace.successor);
    await this.#end(row);
    this.#tools.onReuse?.(row);
    return gone("an old token came back, so the app was ended");
  }

  async #give(row: AppRow, jkt: string | null): Promise<TokenOutcome> {
    const { clock, random, register } = this.#tools;
    const generation = row.generation + 1;
    const refreshToken = makeAppRefresh(this.#keys()[0].secret, random, row.key, generation);
    const bound = row.generation === 0 ? jkt : row.jkt;
    const next = { ...row, generation, refresh: hashText(refreshToken), jkt: bound, renewedAtMs: register.nowMs() };
    await this.#put(next);
    if (row.refresh !== null) {
      for (const [other, { untilMs }] of this.#graces) if (untilMs <= clock.monotonicMs()) this.#graces.delete(other);
      const untilMs = clock.monotonicMs() + GRACE_MS;
      this.#graces.set(row.key, { hash: row.refresh, successor: refreshToken, untilMs });
    }
    return this.#tokens(next, refreshToken);
  }

  #tokens(row: AppRow, refreshToken: string): TokenOutcome {
    const nowMs = this.#tools.register.nowMs();
    const untilMs = Math.min(nowMs + APP_TOKEN_SECONDS * 1_000, row.expiresAtMs);
    return {
      type: "tokens",
      accessToken: makeAppAccess(this.#keys()[0].secret, this.#tools.random, row.key, untilMs),
      expiresInSeconds: Math.floor((untilMs - nowMs) / 1_000),
      refreshToken,
      scopes: row.scopes,
      isBound: row.jkt !== null,
    };
  }

  /** Takes away codes that nobody fetched, and the oldest apps that have ended when there are too many. */
  async #makeRoom(owner: Owner): Promise<void> {
    const { register } = this.#tools;
    const nowMs = register.nowMs();
    const rows = this.#rowsOf(owner);
    const isUnfetched = (row: AppRow): boolean =>
      row.generation === 0 && (row.codeUntilMs <= nowMs || row.endedAtMs !== null);
    const kept = rows.filter((row) => !isUnfetched(row));
    const over = kept.length + 1 - APPS_PER_USER_MAX;
    const ended =
      over > 0 ? kept.filter((row) => row.generation > 0 && stateOfApp(row, nowMs) !== "open").slice(0, over) : [];
    if (ended.length < over) throw securityErrors("app-too-many");
    for (const { key } of [...rows.filter(isUnfetched), ...ended]) await register.forgetApp(key);
  }

  /** A log that refuses keeps nobody from working: an app opens or not by what stands. */
  async #touch(id: ApiKeyId, nowMs: number): Promise<void> {
    await this.#lock
      .run(id, async () => {
        const row = this.#tools.register.app(id);
        if (row !== undefined && isUseDue(row, nowMs)) await this.#put({ ...row, usedAtMs: nowMs });
      })
      .catch(() => undefined);
  }

  async #end(row: AppRow): Promise<void> {
    await this.#put({ ...row, endedAtMs: this.#tools.register.nowMs() });
    this.#graces.delete(row.key);
  }

  async #put(row: AppRow): Promise<void> {
    const { clock, register } = this.#tools;
    if ((await register.put(appEvent(row, clock.nowMs()))) === "late") throw securityErrors("access-busy");
  }

  #own(owner: Owner, app: ApiKeyId): AppRow | undefined {
    const row = this.#tools.register.app(app);
    return row?.user === owner.userId && row.tenant === owner.tenantId ? row : undefined;
  }

  #rowsOf(owner: Owner): AppRow[] {
    return this.#tools.register.appsOf(owner.userId).filter((row) => row.tenant === owner.tenantId);
  }

  async #info(row: AppRow): Promise<AppInfo> {
    const { key, resource, scopes, ceiling, reach, createdAtMs, expiresAtMs, usedAtMs } = row;
    const opened = await this.#tools.keystore.openForUser(
      programPlace(row.user, key),
      Buffer.from(row.sealed, "base64url"),
    );
    // What this room has sealed itself.
    const said: Pick<AppInfo, "name" | "host" | "redirect"> =
      opened.type === "opened" ? JSON.parse(opened.bytes.toString()) : { name: "?", host: null, redirect: "?" };
    const state = stateOfApp(row, this.#tools.register.nowMs());
    return { key, ...said, resource, scopes, ceiling, reach, createdAtMs, expiresAtMs, usedAtMs, state };
  }
}

function invalid(why: string): Error {
  return securityErrors("app-request-invalid", { message: `Cannot let the app in: ${why}` });
}
