/** Erasing as the gateway asks for it. */
import { type Erasures, toldByClient } from "@kaelix/capture";
import type { ErasureApplication, ErasureView } from "@kaelix/gateway";
import type { ErasureState, UserPrincipal } from "@kaelix/model";
import { type AuditLog, type ErasureLedger, type Identity, parsePhone } from "@kaelix/security";

import { serverErrors } from "../errors.ts";
import { programName } from "../access-application.ts";
import { ownerOf } from "../imports-application.ts";
import { ERASING } from "./open-erasures.ts";
import type { Operator } from "../operator.ts";

/** What it is wired from. */
export interface ErasureWiring {
  readonly erasures: Erasures;
  readonly ledger: ErasureLedger;
  readonly audit: AuditLog;
  readonly identity: Identity;
  readonly operator: Operator;
  /** What is looked through for what a program told. */
  readonly store: Parameters<typeof toldByClient>[0]["register"];
  readonly remember: Parameters<typeof toldByClient>[0]["remember"];
  readonly keystore: Parameters<typeof toldByClient>[0]["keystore"];
  /** Told when the last person has gone: the installation can be claimed anew. */
  readonly onUnclaimed: () => void;
}

/** The gateway's seam over the eraser. */
export function erasureApplication(parts: ErasureWiring): ErasureApplication {
  const { audit, erasures, identity, keystore, ledger, operator, remember, store } = parts;
  const writing = { register: store, remember, keystore };
  const viewOf = (state: ErasureState): ErasureView => erasureView(audit, state);
  return {
    request: async (principal, { confirm, memories, now, toldBy, what }) => {
      if (toldBy !== undefined && (await programName(identity, principal, toldBy.key)) === undefined) return undefined;
      if (what.type === "account") await checkConfirmed(identity, principal, confirm);
      const action = ERASING[what.type];
      // Above level 2 it is not done when it cannot be written down: what is erased may stand there.
      const level = what.type === "account" ? 4 : principal.ceiling;
      await audit.record({ subject: principal, action, level, decision: "allow", reason: "asked" });
      const [owner, { ceiling }] = [ownerOf(principal), principal];
      const told = toldBy === undefined ? memories : await toldByClient(writing, { owner, ceiling, ...toldBy });
      const named = { ...(told && { memories: told }), ...(toldBy && { toldBy }) };
      const state = await erasures.request(owner, { what, now, ceiling, ...named });
      if (what.type === "account") {
        operator.forgetOwner();
        if (!(await identity.isClaimed())) parts.onUnclaimed();
      }
      return viewOf(state);
    },
    list: async (principal) =>
      ledger
        .of(principal.userId)
        .filter((state) => isShown(principal, state))
        .map(viewOf),
    read: async (principal, id) => {
      const state = ledger.get(id);
      return state !== undefined && isShown(principal, state) ? viewOf(state) : undefined;
    },
    undo: async (principal, id) => {
      const asked = ledger.get(id);
      if (asked === undefined || !isShown(principal, asked)) return undefined;
      const state = await erasures.undo(ownerOf(principal), id);
      return state === undefined ? undefined : viewOf(state);
    },
  };
}

/** One's own; what reached its age above the open level is not there for it. */
function isShown({ ceiling, userId }: UserPrincipal, { user, what }: ErasureState): boolean {
  return user === userId && (what.type !== "age" || what.level <= ceiling);
}

/** An erasure with what shows that it is done. */
export function erasureView(audit: AuditLog, state: ErasureState): ErasureView {
  return { ...state, receipt: audit.receipt(state) ?? null, publicKey: audit.status().publicKey };
}

/** The phone number is typed anew: nobody erases an account by a slip, or another one than they mean. */
async function checkConfirmed(identity: Identity, principal: UserPrincipal, typed: string | undefined): Promise<void> {
  const { phone } = await identity.profile(principal.userId);
  if (typed === undefined || parsePhone(typed) !== phone) throw serverErrors("erasure-unconfirmed");
}
