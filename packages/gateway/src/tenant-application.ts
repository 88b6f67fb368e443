/** What the gateway needs of organisations: those who run the house make, suspend and end them, and see nothing of what is in them. */
import type { TenantId, UserPrincipal } from "@kaelix/model";
import type { Invitation, TenantInfo } from "@kaelix/security";

import type { ErasureView } from "./erasure-application.ts";

/** Organisations of the house. Refusals are KaelixErrors of the security room. */
export interface TenantApplication {
  list(): Promise<readonly TenantInfo[]>;
  /** @throws `tenant-invalid`, `tenant-taken`, `tenant-ended` */
  add(name: string): Promise<Invitation & { readonly tenant: TenantId }>;
  /** @throws `tenant-missing`, `tenant-protected`, `tenant-ended` */
  suspend(name: string): Promise<void>;
  /** @throws as `suspend` */
  resume(name: string): Promise<void>;
  /** Erases it as a whole; `confirm` is its name, as typed anew. @throws as `suspend`; `tenant-unconfirmed` */
  end(principal: UserPrincipal, name: string, confirm: string): Promise<ErasureView>;
}
