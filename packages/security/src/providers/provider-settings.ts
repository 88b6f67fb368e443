/**
 * The document of providers that people may sign in with: accounts they have elsewhere.
 *
 *     { "providers": [
 *       { "preset": "google", "client_id": "…", "client_secret": "…" },
 *       { "preset": "apple", "client_id": "…", "team_id": "…", "key_id": "…", "private_key_file": "/etc/kaelix/apple.p8" },
 *       { "preset": "facebook", "client_id": "…" },
 *       { "id": "work", "name": "Example", "issuer": "https://id.example.com", "client_id": "…", "client_secret": "…" } ] }
 *
 * Guarantees: what is parsed has ids and issuers that are there once, and speaks TLS but on this machine itself. Knows no network.
 */

/** How we show the provider who we are. */
export type ClientProof =
  | { readonly type: "none" }
  | { readonly type: "secret"; readonly secret: string }
  /** Apple: a token that we sign with its key. `privateKey` is PEM. */
  | { readonly type: "apple"; readonly teamId: string; readonly keyId: string; readonly privateKey: string };

/** One provider. */
export interface ProviderSpec {
  /** Stands in addresses. */
  readonly id: string;
  /** What people call it. */
  readonly name: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly proof: ClientProof;
  readonly scope: string;
  /** Of a provider whose own description of itself lacks them. */
  readonly endpoints?: { readonly authorization: string; readonly token: string; readonly keys: string };
}

interface Preset {
  readonly name: string;
  readonly issuer: string;
  readonly scope: string;
  readonly endpoints?: ProviderSpec["endpoints"];
}

const PRESETS: ReadonlyMap<string, Preset> = new Map<string, Preset>([
  ["google", { name: "Google", issuer: "https://accounts.google.com", scope: "openid email" }],
  // With any scope besides, Apple answers by a form from its own page, which no page of ours takes.
  ["apple", { name: "Apple", issuer: "https://appleid.apple.com", scope: "openid" }],
  [
    "facebook",
    {
      name: "Facebook",
      issuer: "https://www.facebook.com",
      scope: "openid",
      // "OIDC Code Flow with PKCE for Manually Built Facebook Login Flows": its discovery document has no token endpoint.
      endpoints: {
        authorization: "https://www.facebook.com/dialog/oauth",
        token: "https://graph.facebook.com/oauth/access_token",
        keys: "https://www.facebook.com/.well-known/oauth/openid/jwks/",
      },
    },
  ],
]);

const OWN_SCOPE = "openid email";
const PROVIDERS_MAX = 20;
const ID_PATTERN = /^[a-z][a-z0-9-]{0,30}$/;
const FIELDS = new Set(
  "preset id name issuer client_id client_secret team_id key_id private_key private_key_file scope".split(" "),
);

/** What parsing came to. `why` has the grammar "must be …" and quotes no secret. */
export type ParsedProviders =
  | { readonly type: "providers"; readonly providers: readonly ProviderSpec[] }
  | { readonly type: "invalid"; readonly why: string };

/**
 * Parses the document.
 * @param readKey reads the file of a private key; throws when it cannot
 */
export function parseProviders(text: string, readKey: (file: string) => string): ParsedProviders {
  try {
    const rows = rowsOf(text);
    const providers = rows.map((row, index) => parseProvider(row, `providers[${index}]`, readKey));
    for (const kind of ["id", "issuer"] as const) {
      const all = providers.map((provider) => provider[kind]);
      const twice = all.find((value, index) => all.indexOf(value) !== index);
      if (twice !== undefined) throw new Invalid(`providers: ${kind} ${twice} is there twice, must be there once`);
    }
    return { type: "providers", providers };
  } catch (error) {
    if (error instanceof Invalid) return { type: "invalid", why: error.message };
    throw error;
  }
}

class Invalid extends Error {}

function rowsOf(text: string): readonly unknown[] {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw new Invalid("it is not JSON");
  }
  const rows = typeof document === "object" && document !== null && "providers" in document ? document.providers : null;
  if (!Array.isArray(rows)) throw new Invalid('it must be { "providers": [ … ] }');
  if (rows.length > PROVIDERS_MAX)
    throw new Invalid(`providers has ${rows.length}, must have ${PROVIDERS_MAX} at most`);
  return rows;
}

function parseProvider(row: unknown, place: string, readKey: (file: string) => string): ProviderSpec {
  if (typeof row !== "object" || row === null) throw new Invalid(`${place} must be an object`);
  const fields = new Map<string, unknown>(Object.entries(row));
  for (const name of fields.keys()) {
    if (!FIELDS.has(name)) throw new Invalid(`${place} has a field ${name}, must have only ${[...FIELDS].join(", ")}`);
  }
  const text = (name: string): string | undefined => {
    const value = fields.get(name);
    if (value === undefined) return undefined;
    if (typeof value === "string" && value.trim() !== "" && value.length <= 10_000) return value;
    throw new Invalid(`${place}.${name} must be a text`);
  };
  const needed = (name: string, fallback?: string): string => {
    const value = text(name) ?? fallback;
    if (value === undefined) throw new Invalid(`${place}.${name} is missing`);
    return value;
  };
  const presetName = text("preset");
  const preset = presetName === undefined ? undefined : PRESETS.get(presetName);
  if (presetName !== undefined && preset === undefined) {
    throw new Invalid(`${place}.preset must be one of ${[...PRESETS.keys()].join(", ")}`);
  }
  const id = needed("id", presetName);
  if (!ID_PATTERN.test(id)) throw new Invalid(`${place}.id must be small letters, digits and hyphens, 31 at most`);
  if (preset !== undefined && fields.has("issuer")) throw new Invalid(`${place}.issuer is set by the preset`);
  const issuer = issuerOf(preset?.issuer ?? needed("issuer"), `${place}.issuer`);
  const scope = text("scope") ?? preset?.scope ?? OWN_SCOPE;
  if (!scope.split(" ").includes("openid")) throw new Invalid(`${place}.scope must hold openid`);
  const name = needed("name", preset?.name ?? id);
  if (name.length > 60) throw new Invalid(`${place}.name must have 60 letters at most`);
  const base = { id, name, issuer, clientId: needed("client_id"), scope };
  const proof = proofOf({ text, needed, isApple: presetName === "apple", readKey, place });
  return { ...base, proof, ...(preset?.endpoints === undefined ? {} : { endpoints: preset.endpoints }) };
}

function proofOf(given: {
  readonly text: (name: string) => string | undefined;
  readonly needed: (name: string) => string;
  readonly isApple: boolean;
  readonly readKey: (file: string) => string;
  readonly place: string;
}): ClientProof {
  const { isApple, needed, place, readKey, text } = given;
  if (!isApple) {
    const secret = text("client_secret");
    return secret === undefined ? { type: "none" } : { type: "secret", secret };
  }
  const file = text("private_key_file");
  let read: string | undefined;
  try {
    read = file === undefined ? undefined : readKey(file);
  } catch {
    throw new Invalid(`${place}.private_key_file cannot be read, must be a file that this user can read`);
  }
  const privateKey = read ?? needed("private_key");
  return { type: "apple", teamId: needed("team_id"), keyId: needed("key_id"), privateKey };
}

function issuerOf(text: string, place: string): string {
  const url = URL.parse(text);
  const isOwn = url?.hostname === "localhost" || url?.hostname === "127.0.0.1" || url?.hostname === "[::1]";
  const isSafe = url?.protocol === "https:" || (url?.protocol === "http:" && isOwn);
  const isBare = url !== null && url.username === "" && url.password === "" && url.search === "" && url.hash === "";
  if (!isSafe || !isBare) throw new Invalid(`${place} must be an https:// address without name, password and query`);
  return text;
}
