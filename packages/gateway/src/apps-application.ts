import type { UserPrincipal } from "@kaelix/model";
import type { AppClient, Apps, ClientRegistration } from "@kaelix/security";

/** Programs of others: the security room's `Apps` fits it as it is. Refusals of people are KaelixErrors of that room. */
export interface AppsApplication extends Pick<Apps, "ask" | "list" | "end" | "redeem" | "refresh" | "revoke"> {
  connect(principal: UserPrincipal, consent: Parameters<Apps["connect"]>[1]): ReturnType<Apps["connect"]>;
  readonly clients: {
    /** True when an address may be the id of an app. */
    readonly takesAddresses: boolean;
    register(given: ClientRegistration): AppClient;
  };
}
