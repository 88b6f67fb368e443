/**
 * The house's AI provider: who it is, what may be sent to it, and what it may cost.
 *
 * Guarantees: nothing above the configured level leaves the house, and that is 2 at most, whatever the settings say; of people who want
 * nothing of theirs sent nothing does.
 */
import { join } from "node:path";

import { Chat, providerErrors } from "@kaelix/intelligence";
import type { Level, UserId } from "@kaelix/model";

import { levelOf } from "../embedding/house-embedder.ts";
import { readSpent, SpentFile } from "../embedding/spent-file.ts";
import type { HouseContext } from "../house-parts.ts";
import type { ServerSettings } from "../settings.ts";
import { readKey } from "./read-key.ts";

const MILLION = 1_000_000;

/** What the house asks. */
export interface HouseProvider {
  /** How it stands, and what holds nobody's words; these go by `chatFor`. */
  readonly chat: Pick<Chat, "value" | "state">;
  /** For words of these people; undefined when one of them wants nothing of theirs sent. What one of them says no to meanwhile is cut short. */
  chatFor(...owners: readonly UserId[]): Pick<Chat, "value" | "text"> | undefined;
  /** For people: "gpt-x at api.example.org". */
  readonly who: string;
  readonly levelMax: Level;
  /** It writes answers. */
  readonly writes: boolean;
  /** It judges memories of which the rules are less sure than this; 0: none. */
  readonly judgesBelow: number;
}

/** Opens the provider of the settings; undefined when there is none. @throws `provider-setting-invalid` */
export function openProvider({
  choices,
  clock,
  onNotice,
  paths,
  random,
  settings,
}: HouseContext): HouseProvider | undefined {
  const { aiModel: model, aiUrl: url } = settings;
  if (url === undefined) return undefined;
  if (model === undefined) throw invalid("KAELIX_AI_URL is set, KAELIX_AI_MODEL must be too");
  const file = new SpentFile(join(paths.root, "run", "provider-spent.json"));
  const price = { read: settings.aiPriceRead * MILLION, written: settings.aiPriceWritten * MILLION };
  const isPriced = price.read > 0 || price.written > 0;
  const chat = new Chat({
    url,
    model,
    key: readKey({ key: settings.aiKey, file: settings.aiKeyFile, variable: "KAELIX_AI_KEY", invalid }),
    price,
    clock,
    random,
    concurrency: settings.aiConcurrency,
    requestsPerMinute: settings.aiRequestsPerMinute,
    timeoutMs: settings.aiTimeoutMs,
    tokensPerDay: settings.aiTokensPerDay,
    costPerDay: isPriced ? settings.aiCostPerDay * MILLION : undefined,
    spent: readSpent(file.path),
    onSpent: (now) => file.write(now),
  });
  const { host } = chat.state();
  const levelMax = levelOf(settings.aiLevelMax);
  onNotice(`Texts of ${levelMax === 1 ? "level 1" : "levels 1 and 2"} are sent to ${model} at ${host}`);
  return {
    chat,
    chatFor: (...owners) =>
      choices.allow(...owners)
        ? {
            value: async (request) => chat.value({ ...request, signal: choices.within(owners, request.signal) }),
            text: async (request) => chat.text({ ...request, signal: choices.within(owners, request.signal) }),
          }
        : undefined,
    who: `${model} at ${host}`,
    levelMax,
    writes: settings.aiAnswers,
    judgesBelow: settings.aiJudgeBelow / 100,
  };
}

/** Up to which level texts leave the house, to whichever provider; undefined: none does. */
export function sentLevel(settings: ServerSettings): Level | undefined {
  const levels = [
    ...(settings.embedUrl === undefined ? [] : [levelOf(settings.embedLevelMax)]),
    ...(settings.aiUrl === undefined ? [] : [levelOf(settings.aiLevelMax)]),
  ];
  return levels.includes(2) ? 2 : levels[0];
}

function invalid(what: string): Error {
  return providerErrors("provider-setting-invalid", { message: `Cannot use the AI provider: ${what}` });
}
