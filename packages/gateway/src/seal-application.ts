/** What the gateway needs of the keys that people's browsers seal with. */
import type { MemoryId, UserPrincipal } from "@kaelix/model";
import type { SealChange, SealView } from "@kaelix/security";

/** A person's own key, wrapped; the gateway never sees what is inside. */
export interface SealApplication {
  read(principal: UserPrincipal): Promise<SealView>;
  /** @throws `access-busy`, `seal-key-differs` */
  change(principal: UserPrincipal, change: SealChange): Promise<SealView>;
  /** The id of what will be told with an external id. */
  place(principal: UserPrincipal, externalId: string): Promise<MemoryId>;
}
