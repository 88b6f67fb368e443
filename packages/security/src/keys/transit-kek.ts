/**
 * The KEK in the Transit engine of HashiCorp Vault or OpenBao: it never leaves that server; keys are sent there to be wrapped.
 *
 * Guarantees: a wrapped key is bound to its place by Transit's own associated data; a key whose settings would let it out (exportable,
 * plaintext backup) or that is derived is refused; every request ends within its time; a refusal says whether the server cannot be
 * reached, is sealed, does not know the token or lacks the key, and never quotes what was sent. Plain HTTP is for this machine alone.
 * It does not: renew tokens (run the agent of Vault beside and give its token file), nor keep anything wrapped for a time without the
 * server: while it is away, keys that are not in memory stay shut.
 */
import { isIP } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

import { securityErrors } from "../errors.ts";
import type { RotatingKek, WrappedSecret } from "./kek.ts";

/** Where the engine is and how it is asked. */
export interface TransitOptions {
  /** `https://vault.example:8200`; `http://` only for this machine. */
  readonly url: string;
  /** Name of the key; made when it does not exist (AES-256-GCM), unless `create` is false. */
  readonly key: string;
  /** Asked before every request, so that a renewed token is taken at once. */
  readonly token: () => string | Promise<string>;
  /** Where the engine is mounted; default `transit`. */
  readonly mount?: string;
  readonly namespace?: string;
  /** How long one call may take with all its tries, ms; default 5,000. */
  readonly timeoutMs?: number;
  readonly create?: boolean;
}

const TIMEOUT_MS = 5_000;
const TRIES = 3;
const PAUSE_MS = 100;
const ANSWER_LENGTH_MAX = 1_000_000;
const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/;
const MOUNT = /^[A-Za-z0-9][A-Za-z0-9_./-]{0,127}$/;
const TYPES = new Set(["aes256-gcm96", "chacha20-poly1305", "xchacha20-poly1305"]);
const CIPHERTEXT = /^vault:v([1-9]\d{0,8}):[A-Za-z0-9+/]+=*$/;

interface KeyState {
  readonly version: number;
  readonly sinceMs: number;
}

/**
 * Opens the key, or makes it when there is none.
 * @throws `kms-settings-invalid`, `kms-unreachable`, `kms-denied`, `kms-key-missing`, `kms-key-unsafe`
 */
export async function openTransitKek(options: TransitOptions): Promise<RotatingKek> {
  const client = new TransitClient(options);
  let state = await client.state();
  if (state === undefined) {
    if (options.create === false) throw missing(options.key);
    await client.make();
    state = await client.state();
    if (state === undefined) throw missing(options.key);
  }
  return providerOf(client, state);
}

function providerOf(client: TransitClient, first: KeyState): RotatingKek {
  let state = first;
  const refresh = async (): Promise<KeyState> => {
    const found = await client.state();
    if (found === undefined) throw missing(client.key);
    return (state = found);
  };
  return {
    name: "transit",
    currentVersion: () => state.version,
    wrap: async (secret, aad) => {
      const wrapped = await client.encrypt(secret, aad);
      // Somebody may have rotated the key over there.
      if (wrapped.kekVersion > state.version) await refresh();
      return wrapped;
    },
    unwrap: async (secret, aad) => client.decrypt(secret, aad),
    health: async () => {
      try {
        await refresh();
        return { type: "ok" };
      } catch (error) {
        return { type: "failed", problem: error instanceof Error ? error.message : "Key server cannot be asked" };
      }
    },
    rotate: async () => {
      await client.rotate();
      return (await refresh()).version;
    },
    currentSinceMs: async () => (await refresh()).sinceMs,
    destroyBefore: async (version) => {
      if (version > (await refresh()).version) throw securityErrors("key-version-missing");
      await client.destroyBefore(version);
    },
  };
}

interface Answer {
  readonly status: number;
  readonly data: ReadonlyMap<string, unknown>;
  readonly errors: string;
}

/** The calls of the HTTP API, one method each. */
class TransitClient {
  readonly #options: TransitOptions;
  readonly #base: string;
  readonly key: string;

  constructor(options: TransitOptions) {
    const url = URL.canParse(options.url) ? new URL(options.url) : undefined;
    const mount = options.mount ?? "transit";
    if (url === undefined || !(url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.hostname)))) {
      throw invalid("its address must be https://…, or http:// on this machine");
    }
    if (!NAME.test(options.key)) throw invalid("the key's name must be letters, digits, _ . -");
    if (!MOUNT.test(mount) || mount.includes(".."))
      throw invalid("the mount must be a path of letters, digits, _ . - /");
    this.#options = options;
    this.#base = `${url.origin}${url.pathname.replace(/(?<!\/)\/+$/, "")}/v1/${mount.replace(/(?<!\/)\/+$/, "")}`;
    this.key = options.key;
  }

  /** Undefined when there is no such key. Throws `kms-key-unsafe` for one that must not be used. */
  async state(): Promise<KeyState | undefined> {
    const answer = await this.#ask("GET", `keys/${this.key}`);
    if (answer.status === 404) return undefined;
    const { data } = this.#good(answer);
    const version = data.get("latest_version");
    const keys = new Map<string, unknown>(Object.entries(data.get("keys") ?? {}));
    if (typeof version !== "number" || !Number.isSafeInteger(version) || version < 1) throw strange();
    const type = data.get("type");
    if (typeof type !== "string" || !TYPES.has(type)) throw unsafe("its type cannot bind associated data");
    for (const setting of ["derived", "exportable", "allow_plaintext_backup"]) {
      if (data.get(setting) !== false) throw unsafe(`setting ${setting} must be false`);
    }
    const since = keys.get(String(version));
    return { version, sinceMs: typeof since === "number" ? since * 1_000 : 0 };
  }

  async make(): Promise<void> {
    this.#good(await this.#ask("POST", `keys/${this.key}`, { type: "aes256-gcm96" }));
  }

  async encrypt(secret: Uint8Array, aad: Uint8Array): Promise<WrappedSecret> {
    const body = { plaintext: base64(secret), associated_data: base64(aad) };
    const { data } = this.#good(await this.#ask("POST", `encrypt/${this.key}`, body));
    const ciphertext = data.get("ciphertext");
    const match = typeof ciphertext === "string" ? CIPHERTEXT.exec(ciphertext) : null;
    if (match === null) throw strange();
    return { kekVersion: Number(match[1]), wrapped: Buffer.from(match[0]) };
  }

  async decrypt(secret: WrappedSecret, aad: Uint8Array): Promise<Uint8Array | undefined> {
    const ciphertext = Buffer.from(secret.wrapped).toString("latin1");
    // The version stands in the ciphertext too: they must agree.
    if (Number(CIPHERTEXT.exec(ciphertext)?.[1]) !== secret.kekVersion) return undefined;
    const answer = await this.#ask("POST", `decrypt/${this.key}`, { ciphertext, associated_data: base64(aad) });
    if (answer.status === 400 && /too old|too new|not available|no longer/i.test(answer.errors)) {
      throw securityErrors("key-version-missing", {
        message: `Cannot unwrap a key: the key server no longer opens version ${secret.kekVersion} of ${this.key}`,
        details: { version: secret.kekVersion },
      });
    }
    if (answer.status === 400 && /authentication failed|invalid ciphertext|decode|decrypt/i.test(answer.errors)) {
      return undefined;
    }
    const plaintext = this.#good(answer).data.get("plaintext");
    if (typeof plaintext !== "string") throw strange();
    return Buffer.from(plaintext, "base64");
  }

  /** Not tried twice: a second try would bring in two versions. */
  async rotate(): Promise<void> {
    this.#good(await this.#ask("POST", `keys/${this.key}/rotate`, {}, 1));
  }

  async destroyBefore(version: number): Promise<void> {
    const least = { min_decryption_version: version, min_encryption_version: version };
    this.#good(await this.#ask("POST", `keys/${this.key}/config`, least));
    this.#good(await this.#ask("POST", `keys/${this.key}/trim`, { min_available_version: version }));
  }

  #good(answer: Answer): Answer {
    if (answer.status === 403 || answer.status === 401) {
      throw securityErrors("kms-denied", {
        message: `Cannot use key ${this.key}: the key server refuses the token. Give one whose policy allows this key`,
      });
    }
    if (answer.status === 404 || /key not found/i.test(answer.errors)) throw missing(this.key);
    if (answer.status >= 300) throw unreachable(`it answered ${answer.status}`);
    return answer;
  }

  /** One call, tried again while the server is away or busy and there is time. */
  async #ask(method: "GET" | "POST", path: string, body?: object, tries = TRIES): Promise<Answer> {
    const timeoutMs = this.#options.timeoutMs ?? TIMEOUT_MS;
    const deadline = AbortSignal.timeout(timeoutMs);
    let failure: Error = unreachable("it was not asked");
    for (let attempt = 0; attempt < tries && !deadline.aborted; attempt++) {
      if (attempt > 0) await sleep(PAUSE_MS * 2 ** attempt, undefined, { signal: deadline }).catch(() => undefined);
      if (deadline.aborted) break;
      try {
        const answer = await this.#once(method, path, { body, signal: deadline });
        if (answer.status < 500 && answer.status !== 429) return answer;
        const isSealed = /sealed/i.test(answer.errors);
        failure = unreachable(isSealed ? "it is sealed: unseal it" : `it answered ${answer.status}`);
      } catch (error) {
        failure = unreachable(deadline.aborted ? `it gave no answer within ${timeoutMs} ms` : reasonOf(error));
      }
    }
    throw failure;
  }

  async #once(
    method: "GET" | "POST",
    path: string,
    { body, signal }: { readonly body: object | undefined; readonly signal: AbortSignal },
  ): Promise<Answer> {
    const { namespace } = this.#options;
    const response = await fetch(`${this.#base}/${path}`, {
      method,
      signal,
      redirect: "error",
      headers: {
        "x-vault-token": await this.#options.token(),
        "x-vault-request": "true",
        ...(namespace === undefined ? {} : { "x-vault-namespace": namespace }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (text.length > ANSWER_LENGTH_MAX) throw new Error("its answer is too long");
    const fields = new Map<string, unknown>(Object.entries(parseObject(text)));
    const errors = fields.get("errors");
    return {
      status: response.status,
      data: new Map<string, unknown>(Object.entries(fields.get("data") ?? {})),
      errors: Array.isArray(errors) ? errors.join("; ") : "",
    };
  }
}

function parseObject(text: string): object {
  try {
    const parsed: unknown = JSON.parse(text === "" ? "{}" : text);
    return typeof parsed === "object" && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}

function isLoopback(host: string): boolean {
  const bare = host.replaceAll(/[[\]]/g, "");
  return bare === "localhost" || bare === "::1" || (isIP(bare) === 4 && bare.startsWith("127."));
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}

/** The system's word for why a connection failed (`ECONNREFUSED`), never a header or a body. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const code: unknown = typeof cause === "object" && cause !== null && "code" in cause ? cause.code : undefined;
  return typeof code === "string" ? code : "the connection failed";
}

function unreachable(why: string): Error {
  return securityErrors("kms-unreachable", { message: `Cannot ask the key server: ${why}` });
}

function missing(key: string): Error {
  return securityErrors("kms-key-missing", { message: `Cannot use key ${key}: the key server does not have it` });
}

function unsafe(why: string): Error {
  return securityErrors("kms-key-unsafe", { message: `Cannot use the key of the key server: ${why}` });
}

function strange(): Error {
  return unreachable("its answer is not one of a Transit engine");
}

function invalid(why: string): Error {
  return securityErrors("kms-settings-invalid", { message: `Cannot use the key server: ${why}` });
}
