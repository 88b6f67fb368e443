/** An identity service in memory for this room's tests, with cheap password hashes. */
import { ManualClock, systemRandom } from "@kaelix/base";
import type { UserPrincipal } from "@kaelix/model";

import { type Identity, openIdentity } from "../identity/identity.ts";
import type { OutgoingMail } from "../identity/mail-door.ts";
import type { SignedIn, Suspicion } from "../identity/identity-types.ts";
import { makePasswords } from "../identity/passwords.ts";
import { type Keystore, openKeystore } from "../keys/keystore.ts";
import { MemoryIdentityStore } from "./memory-identity-store.ts";
import { memoryKek } from "./memory-kek.ts";
import { memoryProvider } from "./memory-provider.ts";
import { MemoryLog } from "@kaelix/log/testing";

/** The claim code of every test installation. */
export const TEST_CLAIM_CODE = "X7KD-93QM";

/** A whole installation. */
export interface TestIdentity {
  readonly log: MemoryLog;
  readonly clock: ManualClock;
  readonly store: MemoryIdentityStore;
  readonly keystore: Keystore;
  readonly identity: Identity;
  /** What it told an owner to look at. */
  readonly suspicions: readonly Suspicion[];
  /** What it sent. */
  readonly mails: readonly OutgoingMail[];
  readonly texts: readonly { readonly to: string; readonly text: string }[];
}

/** Opens one, over a log that may hold events already. */
export async function openTestIdentity(
  log = new MemoryLog(),
  clock = new ManualClock(),
  hashing = { memoryKib: 64, passes: 1 },
): Promise<TestIdentity> {
  const keystore = await openKeystore({ log, kek: memoryKek(), clock });
  const store = new MemoryIdentityStore(log);
  const passwords = await makePasswords(hashing);
  const mails: OutgoingMail[] = [];
  const mail = {
    send: async (one: OutgoingMail): Promise<void> => void mails.push(one),
    onProblem: (error: unknown): never => {
      throw error;
    },
  };
  const texts: { readonly to: string; readonly text: string }[] = [];
  const suspicions: Suspicion[] = [];
  const onSuspicion = (note: Suspicion): unknown => suspicions.push(note);
  const options = {
    log,
    keystore,
    store,
    claimCode: TEST_CLAIM_CODE,
    passwords,
    clock,
    random: systemRandom,
    onSuspicion,
    mail,
    sms: async (one: { readonly to: string; readonly text: string }): Promise<void> => void texts.push(one),
    providers: { clients: [memoryProvider("work"), memoryProvider("other")] },
  };
  return { log, clock, store, keystore, suspicions, mails, texts, identity: await openIdentity(options) };
}

/** The first user's sign-up. */
export const OWNER = { phone: "+1 (234) 567-890", name: "Test User", password: "testpassword", claimCode: "x7kd 93qm" };

/** Who a sign-in's access token stands for. */
export async function principalOf({ identity }: TestIdentity, { accessToken }: SignedIn): Promise<UserPrincipal> {
  const answer = await identity.authenticate(accessToken);
  if (answer.type === "user") return answer.principal;
  throw new Error(`Cannot authenticate: ${answer.why}`);
}
