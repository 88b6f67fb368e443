import type { Clock, RandomSource } from "@kaelix/base";
import type { Log } from "@kaelix/log";

import type { CodeSender } from "../access/sent-codes.ts";
import type { ReadDocument } from "../apps/clients.ts";
import type { Keystore } from "../keys/keystore.ts";
import type { IdentitySettings, Suspicion } from "./identity-types.ts";
import type { ProviderClient } from "../providers/provider-client.ts";
import type { ProviderProblem } from "./provider-door.ts";
import type { OutgoingMail } from "./mail-door.ts";
import type { Passwords } from "./passwords.ts";
import type { IdentityStore } from "./store.ts";

/** What the identity service is made of. */
export interface IdentityOptions {
  readonly log: Log;
  readonly keystore: Keystore;
  /** The view over topic `identity`; it must be folding before this is opened. */
  readonly store: IdentityStore;
  /** Lets the first user in. */
  readonly claimCode: string;
  readonly settings?: IdentitySettings;
  readonly passwords?: Passwords;
  readonly clock?: Clock;
  readonly random?: RandomSource;
  /** Sends mail; absent: none can be sent. */
  readonly mail?: {
    readonly send: (mail: OutgoingMail) => Promise<void>;
    readonly onProblem: (error: unknown) => void;
  };
  /** Sends codes to phones; absent: none can be sent. */
  readonly sms?: CodeSender;
  /** Accounts elsewhere that people may sign in with; absent: none. */
  readonly providers?: {
    readonly clients: readonly ProviderClient[];
    /** Told why an answer of a provider did not count. */
    readonly onProblem?: (problem: ProviderProblem) => void;
  };
  /** Reads what an app says of itself at its address; absent: addresses name no apps. */
  readonly readDocument?: ReadDocument;
  /** Told of what an owner must look at: a passkey whose counter went back, a token of an app that came twice. */
  readonly onSuspicion?: (note: Suspicion) => void;
}
