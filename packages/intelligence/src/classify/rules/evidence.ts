/** What a finder hands to the decision: a rule fired here, this strongly. */
import type { Level } from "@kaelix/model";

/** One fired rule. */
export interface Evidence {
  /** Stable id, such as `secret-password`. */
  readonly rule: string;
  readonly level: Level;
  /** 0 to 1: how far the rule alone speaks for its level. */
  readonly weight: number;
  /** What a person reads; never a part of the text itself. */
  readonly text: string;
  /** The word the match begins at; the context is read around it. */
  readonly at: number;
  /** True when fiction, jest, news or a question around it weaken it. Check digits and key formats are not soft. */
  readonly soft: boolean;
}
