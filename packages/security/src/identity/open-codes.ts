/** Codes that are sent, made of what this installation sends by: where a person's codes go is looked up here and nowhere else. */
import type { Clock, RandomSource } from "@kaelix/base";
import type { UserId } from "@kaelix/model";

import { SentCodes } from "../access/sent-codes.ts";
import type { Ways } from "../access/ways.ts";
import type { IdentityOptions } from "./identity-options.ts";
import type { UserProfile } from "./identity-types.ts";

/** Codes go by mail to the confirmed address and by SMS to the phone that the person signed up with. */
export function openCodes(
  { mail, sms }: Pick<IdentityOptions, "mail" | "sms">,
  parts: {
    readonly clock: Clock;
    readonly random: RandomSource;
    readonly ways: Ways;
    readonly profile: (user: UserId) => Promise<UserProfile>;
  },
): SentCodes {
  const { ways, profile } = parts;
  return new SentCodes({
    ...parts,
    senders: { ...(mail === undefined ? {} : { email: mail.send }), ...(sms === undefined ? {} : { sms }) },
    destination: async (person, by) => {
      if (by === "sms") return (await profile(person.userId)).phone;
      const [row] = ways.of(person, "email");
      return row === undefined ? undefined : String((await ways.details(row)).get("address"));
    },
  });
}
