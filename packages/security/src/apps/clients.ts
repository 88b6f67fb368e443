/**
 * Who an app is: it brings its description along, so nothing is kept of apps that nobody let in.
 *
 * Two kinds of ids: an https address that the description is read from (client id metadata document, what MCP 2026-07-28 prefers), and what
 * `register` (RFC 7591) makes: the description itself, signed (appendix A.5.2 there: stateless). All are public clients without a secret.
 * Guarantees: an address's document must name that address; only the addresses in a description can be sent a code; names are cut and hold
 * no control characters. It does not: know that a name is true. A person is shown the host besides.
 */
import { createSecretKey, type KeyObject } from "node:crypto";

import { type Clock, isKaelixError, type RandomSource } from "@kaelix/base";

import { securityErrors } from "../errors.ts";
import { isSigned, signed } from "./app-tokens.ts";
import { isRedirect } from "./redirects.ts";

/** An app as it describes itself. */
export interface AppClient {
  readonly id: string;
  readonly name: string;
  readonly redirects: readonly string[];
  /** Of an address: the host that vouches for the description; null: nobody does. */
  readonly host: string | null;
}

/** Reads a document of the internet as text, within limits; throws `app-client-unreachable`. */
export type ReadDocument = (url: string) => Promise<string>;

/** What of a registration is looked at. */
export interface ClientRegistration {
  readonly client_name?: unknown;
  readonly redirect_uris?: unknown;
  readonly grant_types?: unknown;
  readonly response_types?: unknown;
  readonly token_endpoint_auth_method?: unknown;
}

interface ClientTools {
  readonly secret: Uint8Array;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly read: ReadDocument | undefined;
}

const NONCE_BYTES = 16;
const NAME_LENGTH_MAX = 100;
const REDIRECTS_MAX = 10;
const ID_LENGTH_MAX = 8_000;
const ADDRESS_LENGTH_MAX = 500;
const KEPT_MS = 5 * 60_000;
const KEPT_MAX = 200;
const REGISTERED = /^klo_([A-Za-z0-9_-]+)_([A-Za-z0-9_-]{43})$/;

/** Finds out who an app is. */
export class AppClients {
  readonly #key: KeyObject;
  readonly #clock: Clock;
  readonly #random: RandomSource;
  readonly #read: ReadDocument | undefined;
  readonly #kept = new Map<string, { readonly client: AppClient; readonly untilMs: number }>();

  /** `secret`: 32 bytes that sign registrations. Without `read` addresses are not taken as ids. */
  constructor({ secret, clock, random, read }: ClientTools) {
    this.#key = createSecretKey(secret);
    this.#clock = clock;
    this.#random = random;
    this.#read = read;
  }

  /** True when an address may be an id. */
  get takesAddresses(): boolean {
    return this.#read !== undefined;
  }

  /** Makes the id of a client that describes itself. @throws `app-metadata-invalid`, `app-redirect-invalid` */
  register(given: ClientRegistration): AppClient {
    const { name, redirects } = described(given, "An app");
    // Two that say the same of themselves are two: what one was given is not the other's.
    const i = Buffer.from(this.#random.bytes(NONCE_BYTES)).toString("base64url");
    const body = Buffer.from(JSON.stringify({ i, n: name, r: redirects })).toString("base64url");
    return { id: signed(this.#key, `klo_${body}`), name, redirects, host: null };
  }

  /** Who has an id. @throws `app-client-unknown`, `app-client-unreachable`, `app-metadata-invalid`, `app-redirect-invalid` */
  async find(id: string): Promise<AppClient> {
    if (id.length > ID_LENGTH_MAX) throw securityErrors("app-client-unknown");
    return id.startsWith("https:") || id.startsWith("http:") ? this.#readAddress(id) : this.#open(id);
  }

  #open(id: string): AppClient {
    const [, body = "", mac = ""] = REGISTERED.exec(id) ?? [];
    const bytes = Buffer.from(body, "base64url");
    if (body === "" || bytes.toString("base64url") !== body || !isSigned(this.#key, id, mac)) {
      throw securityErrors("app-client-unknown");
    }
    const { n: client_name, r: redirect_uris } = fieldsOf(bytes.toString());
    return { id, ...described({ client_name, redirect_uris }, "?"), host: null };
  }

  async #readAddress(id: string): Promise<AppClient> {
    const url = URL.parse(id);
    const isPlain = url !== null && url.href === id && url.protocol === "https:" && url.pathname !== "/";
    const isClean = url !== null && url.hash === "" && url.username === "" && url.password === "" && !id.includes("#");
    if (!isPlain || !isClean || id.length > ADDRESS_LENGTH_MAX || this.#read === undefined) {
      throw securityErrors("app-client-unknown");
    }
    const nowMs = this.#clock.monotonicMs();
    const kept = this.#kept.get(id);
    if (kept !== undefined && nowMs < kept.untilMs) return kept.client;
    const fields = fieldsOf(await this.#read(id));
    // Somebody else's document under an address of one's own would lend its name.
    if (fields["client_id"] !== id) throw invalid("its document names another client_id");
    if (fields["client_secret"] !== undefined) throw invalid("a document that everybody reads holds no secret");
    const client: AppClient = { id, ...described(fields, url.hostname), host: url.hostname };
    this.#kept.delete(id);
    this.#kept.set(id, { client, untilMs: nowMs + KEPT_MS });
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= KEPT_MAX) break;
      this.#kept.delete(oldest);
    }
    return client;
  }
}

function described(given: ClientRegistration, unnamed: string): Pick<AppClient, "name" | "redirects"> {
  const { client_name: name = unnamed, redirect_uris: redirects, token_endpoint_auth_method: method } = given;
  if (method !== undefined && method !== "none") throw invalid("token_endpoint_auth_method must be none");
  if (!hasAll(given.grant_types, ["authorization_code"])) throw invalid("grant_types must hold authorization_code");
  if (!hasAll(given.response_types, ["code"])) throw invalid("response_types must hold code");
  if (typeof name !== "string") throw invalid("client_name must be a text");
  if (!Array.isArray(redirects) || redirects.length === 0 || redirects.length > REDIRECTS_MAX) {
    throw securityErrors("app-redirect-invalid", {
      message: `Cannot take the app: redirect_uris must be 1 to ${REDIRECTS_MAX} addresses`,
    });
  }
  const named = redirects.map((one: unknown) => (typeof one === "string" && isRedirect(one) ? one : undefined));
  const good = named.filter((one) => one !== undefined);
  if (good.length !== named.length) throw securityErrors("app-redirect-invalid");
  return { name: cleanName(name) || unnamed, redirects: good };
}

/** Signs that turn the direction of text or show as nothing could make one name look like another. */
function cleanName(name: string): string {
  return name
    .replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, "")
    .trim()
    .slice(0, NAME_LENGTH_MAX);
}

function hasAll(list: unknown, wanted: readonly string[]): boolean {
  return list === undefined || (Array.isArray(list) && wanted.every((one) => list.includes(one)));
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) throw invalid("it must be an object");
    return Object.fromEntries(Object.entries(parsed));
  } catch (error) {
    if (isKaelixError(error)) throw error;
    throw invalid("its description must be JSON");
  }
}

function invalid(why: string): Error {
  return securityErrors("app-metadata-invalid", { message: `Cannot take the app: ${why}` });
}
