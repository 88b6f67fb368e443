/**
 * Organisations as the gateway asks for them.
 *
 * Guarantees: what was asked for is written down in the audit log of the house, and in the organisation's own when it may read it again; an
 * ending is written down before it begins, or does not begin. It does not: look into an organisation.
 */
import type { Erasures, Imports } from "@kaelix/capture";
import type { TenantApplication } from "@kaelix/gateway";
import type { TenantId } from "@kaelix/model";
import type { AuditLog, Identity } from "@kaelix/security";

import { erasureView } from "./erasures/erasure-application.ts";
import { serverErrors } from "./errors.ts";
import { ownerOf } from "./imports-application.ts";

/** What it is wired from. */
interface TenantWiring {
  readonly identity: Identity;
  readonly imports: Imports;
  readonly erasures: Erasures;
  readonly audit: AuditLog;
}

/** The gateway's seam over organisations. */
export function tenantsApplication({ audit, erasures, identity, imports }: TenantWiring): TenantApplication {
  const { tenants } = identity.members;
  const told = (tenant: TenantId, action: string): void => {
    void audit.record({ subject: "system", tenant, action, resource: tenant, decision: "allow", reason: "done" });
  };
  return {
    list: () => tenants.list(),
    add: (name) => tenants.add(name),
    suspend: async (name) => {
      const tenant = await tenants.suspend(name);
      await imports.pause(tenant);
      told(tenant, "tenant.suspend");
    },
    resume: async (name) => {
      const tenant = await tenants.resume(name);
      await imports.goOn(tenant);
      told(tenant, "tenant.resume");
    },
    end: async (principal, name, confirm) => {
      const tenant = await tenants.endable(name);
      if (confirm.trim() !== tenant) throw serverErrors("tenant-unconfirmed");
      const note = { action: "tenant.end", resource: tenant, level: 4, decision: "allow", reason: "asked" } as const;
      await audit.record({ subject: principal, ...note });
      const what = { type: "tenant", of: tenant } as const;
      return erasureView(audit, await erasures.request(ownerOf(principal), { what, now: true, ceiling: 4 }));
    },
  };
}
