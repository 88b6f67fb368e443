/** What is timed: asking for what exists and for what does not, each refused with the same words. */
import { isKaelixError, type seededRandom, systemRandom } from "@kaelix/base";
import { type ApiKeyId, makeId } from "@kaelix/model";
import { makeApiKey } from "@kaelix/security";
import { openTestIdentity, OWNER, principalOf } from "@kaelix/security/testing";

type TestIdentity = Awaited<ReturnType<typeof openTestIdentity>>;

/** Two kinds of one question. */
export interface Subject {
  readonly name: string;
  /** Of what exists, then of what does not. */
  readonly kinds: readonly [string, string];
  /** Gets the next question of a kind ready; what it returns is timed, and throws when it was not refused as it must be. */
  prepare(kind: 0 | 1): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

const KNOWN = 100;
const HASHING = { memoryKib: 1_024, passes: 1 };
const PASSWORD = "harbour walnuts";
/** By then every count of tries and every cap has forgotten. */
const REST_MS = 61 * 60_000;

/** Every subject, opened when its turn comes. */
export const SUBJECTS: readonly ((random: ReturnType<typeof seededRandom>) => Promise<Subject>)[] = [
  keys,
  signIn,
  ask,
  code,
];

/** Keys of programs that exist, with a wrong secret, and keys that do not. */
async function keys(random: ReturnType<typeof seededRandom>): Promise<Subject> {
  const house = await openTestIdentity();
  const { apiKeys } = house.identity;
  const owner = await principalOf(house, await house.identity.signUp(OWNER));
  const known: ApiKeyId[] = [];
  for (let at = 0; at < KNOWN; at++) {
    const request = { name: `key ${at}`, kind: "agent", scopes: ["memory.search"], expiresAtMs: null } as const;
    known.push((await apiKeys.create(owner, request)).info.key);
  }
  return {
    name: "key of a program",
    kinds: ["exists, wrong secret", "does not exist"],
    prepare: async (kind) => {
      // A new text every time: where a text lies in memory must not stand for its kind.
      const stranger = makeId("key", house.clock.nowMs(), systemRandom);
      const existing = known[random.integer(KNOWN)] ?? stranger;
      const key = Buffer.from(makeApiKey(kind === 0 ? existing : stranger, systemRandom)).toString();
      return async () => {
        const answer = await apiKeys.authenticate(key);
        if (answer.type !== "refused" || answer.why !== "unknown") throw new Error("A wrong key was not refused");
      };
    },
    close: () => house.keystore.close(),
  };
}

/**
 * Signing in with a wrong password, over the store in memory: what the database takes to find a row is not in it. The hash costs a
 * fortieth of the product's, so that less is hidden under it.
 */
async function signIn(random: ReturnType<typeof seededRandom>): Promise<Subject> {
  const { house, phones } = await withPeople(false, HASHING);
  const strangers = phones.map((_phone, at) => `+4940${String(at).padStart(7, "0")}`);
  return {
    name: "signing in",
    kinds: ["number that is known, wrong password", "number that is not"],
    prepare: async (kind) => {
      house.clock.advance(REST_MS);
      const phone = Buffer.from((kind === 0 ? phones : strangers)[random.integer(KNOWN)] ?? "").toString();
      return () => refused(() => house.identity.logIn({ phone, password: "wrong" }), "identity-credentials-wrong");
    },
    close: () => house.keystore.close(),
  };
}

/** Asking for a way back in by mail, until it is answered. */
async function ask(random: ReturnType<typeof seededRandom>): Promise<Subject> {
  const { house, known, strangers } = await withAddresses();
  return {
    name: "asking for a new password",
    kinds: ["address that is known", "address that is not"],
    prepare: async (kind) => {
      await rest(house);
      const to = Buffer.from((kind === 0 ? known : strangers)[random.integer(KNOWN)] ?? "").toString();
      return async () => void (await mailOf(house).ask(to, undefined));
    },
    close: () => house.keystore.close(),
  };
}

/** A wrong code for a request that something was sent for, and for one that nothing was. */
async function code(random: ReturnType<typeof seededRandom>): Promise<Subject> {
  const { house, known, strangers } = await withAddresses();
  return {
    name: "code for a new password",
    kinds: ["one was sent, wrong", "none was sent"],
    prepare: async (kind) => {
      await rest(house);
      const to = (kind === 0 ? known : strangers)[random.integer(KNOWN)] ?? "";
      const { request } = await mailOf(house).ask(to, undefined);
      await idle();
      // No number has seven digits, so none is right by chance.
      const given = {
        request,
        code: String(1_000_000 + random.integer(1_000_000)),
        newPassword: "walnut harbour at dusk",
      };
      const finish = (one: string) =>
        refused(() => mailOf(house).finish({ ...given, request: one }), "email-code-wrong");
      // What was sent has warmed the caches, as nobody who asks over a network finds them.
      await finish(`${request.slice(1)}x`);
      return () => finish(request);
    },
    close: () => house.keystore.close(),
  };
}

async function withPeople(
  areProved: boolean,
  hashing?: { readonly memoryKib: number; readonly passes: number },
): Promise<{
  readonly house: TestIdentity;
  readonly phones: readonly string[];
  readonly people: readonly Awaited<ReturnType<typeof principalOf>>[];
}> {
  const house = await openTestIdentity(undefined, undefined, hashing);
  const owner = await principalOf(house, await house.identity.signUp(OWNER));
  const phones = Array.from({ length: KNOWN }, (_, at) => `+4930${String(at).padStart(7, "0")}`);
  const people = [];
  for (const phone of phones) {
    const { code: inviteCode } = await house.identity.createInvite(owner, "member");
    const person = await principalOf(
      house,
      await house.identity.signUp({ phone, name: "Somebody", password: PASSWORD, inviteCode }),
    );
    if (areProved) await house.identity.prove({ principal: person, password: PASSWORD });
    people.push(person);
  }
  return { house, phones, people };
}

async function withAddresses(): Promise<{
  readonly house: TestIdentity;
  readonly known: readonly string[];
  readonly strangers: readonly string[];
}> {
  const { house, people } = await withPeople(true);
  const known: string[] = [];
  for (const [at, person] of people.entries()) {
    const address = `known-${1_000 + at}@example.com`;
    await mailOf(house).begin(person, address);
    await mailOf(house).confirm(person, /\d{6}/.exec(house.mails.at(-1)?.text ?? "")?.[0] ?? "");
    known.push(address);
  }
  return { house, known, strangers: known.map((address) => address.replace("known", "other")) };
}

function mailOf({ identity }: TestIdentity): NonNullable<TestIdentity["identity"]["mail"]> {
  if (identity.mail === undefined) throw new Error("The house sends no mail");
  return identity.mail;
}

/** What was sent for the last question is sent, and everything that counts tries has forgotten it. */
async function rest(house: TestIdentity): Promise<void> {
  await idle();
  house.clock.advance(REST_MS);
}

async function idle(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}

async function refused(attempt: () => Promise<unknown>, wanted: string): Promise<void> {
  try {
    await attempt();
  } catch (error) {
    if (isKaelixError(error, wanted)) return;
    throw error;
  }
  throw new Error(`Was not refused as ${wanted}`);
}
