/** The doors besides the one of the password, made of what they share. */
import type { Clock, RandomSource } from "@kaelix/base";
import type { UserId, UserPrincipal } from "@kaelix/model";

import { Challenges } from "../access/challenges.ts";
import type { AccessRegister } from "../access/access-register.ts";
import type { OwnSeals } from "../access/own-seals.ts";
import { Passkeys } from "../access/passkeys.ts";
import type { WayRow } from "../access/rows.ts";
import type { SecondFactors } from "../access/second-factors.ts";
import type { Ways } from "../access/ways.ts";
import type { GuessGate } from "./guess-gate.ts";
import type { IdentityOptions } from "./identity-options.ts";
import type { SignedIn, UserProfile } from "./identity-types.ts";
import { MailDoor } from "./mail-door.ts";
import { PasskeyDoor } from "./passkey-door.ts";
import type { Passwords } from "./passwords.ts";
import { ProviderDoor } from "./provider-door.ts";
import { ResetDoor } from "./reset-door.ts";
import type { UserRow } from "./rows.ts";

/** What the doors need of identity. */
export interface DoorsParts {
  readonly ways: Ways;
  readonly register: AccessRegister;
  readonly factors: SecondFactors;
  readonly passwords: Passwords;
  readonly options: IdentityOptions;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly seals: Pick<OwnSeals, "drop">;
  readonly guesses: GuessGate;
  readonly user: (id: UserId) => Promise<UserRow | undefined>;
  readonly profile: (id: UserId) => Promise<UserProfile>;
  readonly isSuspended: (person: Pick<UserRow, "user" | "tenant">) => boolean;
  readonly isNeeded: (id: UserId) => boolean;
  readonly enter: (user: UserRow, client: string) => Promise<SignedIn>;
  readonly requireProof: (principal: UserPrincipal) => void;
  readonly secondFactor: (user: UserRow, code: string | undefined, address: string | undefined) => Promise<void>;
  readonly checkPassword: (user: UserRow, password: string) => Promise<void>;
  readonly setPassword: (user: UserRow, password: string) => Promise<void>;
  readonly endSessions: (id: UserId) => Promise<void>;
}

/** Makes the doors; that of mail only where mail can be sent. */
export function openDoors(parts: DoorsParts): {
  readonly passkeys: PasskeyDoor;
  readonly mail: MailDoor | undefined;
  readonly providers: ProviderDoor;
  readonly resets: ResetDoor;
} {
  const { clock, options, random, seals, ways } = parts;
  const { keystore, mail, onSuspicion, providers } = options;
  const challenges = new Challenges(clock, random);
  const onCopied = ({ user, tenant }: WayRow): void => onSuspicion?.({ user, tenant, reason: "passkey-copied" });
  const hash = async (address: string): Promise<string> =>
    Buffer.from(await keystore.lookupHash("system", "email", address)).toString("base64url");
  const onRemoving: OwnSeals["drop"] = async (person, way) => seals.drop(person, way);
  const passkeys = new Passkeys({ ways, challenges, onCopied, onRemoving });
  const door = new PasskeyDoor({ ...parts, passkeys });
  return {
    passkeys: door,
    resets: new ResetDoor({ ...parts, passkeys: door }),
    mail: mail === undefined ? undefined : new MailDoor({ ...parts, ...mail, ways, hash }),
    providers: new ProviderDoor({ ...parts, clients: [], ...providers, ways }),
  };
}
