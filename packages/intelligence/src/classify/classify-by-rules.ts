/** Classification that works alone: no network, no model, the same answer for the same text. */
import type { Classification } from "@kaelix/model";
import { decide } from "./decide.ts";

/** What a caller may know of a text. */
export interface RuleOptions {
  /** ISO 639-1 of the text's language; the words decide when it is absent. */
  readonly language?: string;
}

/**
 * Gives a text its level by rules. Pure and linear in the text's length; the first call unpacks the lexicons.
 * Texts beyond 262,144 UTF-16 units are judged by their beginning and are at least confidential.
 *
 * @returns a level from 1 to 4, a calibrated confidence from 0 to 1, and reasons that never quote the text.
 * @example
 * classifyByRules("netflix password is BurntToast88").level; // 4
 */
export function classifyByRules(text: string, options: RuleOptions = {}): Classification {
  return decide(text, options.language);
}
