import { levelName, parseId } from "@kaelix/model";

import { gatewayErrors } from "../errors.ts";
import { type HandlersOf, withoutUndefined } from "../http/exchange.ts";
import { type Json, memoryJson, timeText } from "../http/wire.ts";
import type { DoubtedLevel, ReviewCounts, ReviewItem, ReviewWord } from "../review-application.ts";
import { proposalJson } from "./people.ts";

/** What waits for a person's word, and what they say to it. */
export const reviewHandlers: HandlersOf<"review.list" | "review.count" | "review.answer" | "review.undo"> = {
  "review.list": async ({ application, principal, query }) => {
    const { kind, limit } = query;
    const { counts, items } = await application.review.list(principal, withoutUndefined({ kind, limit }));
    return { type: "json", body: { data: items.map(itemJson), counts: countsJson(counts) } };
  },
  "review.count": async ({ application, principal }) => ({
    type: "json",
    body: countsJson(await application.review.count(principal)),
  }),
  "review.answer": async ({ application, principal, params, body }) => {
    const { answer: word, version } = body;
    const outcome = await application.review.answer(principal, params.id, withoutUndefined({ word, version }));
    if (outcome.type === "missing") throw gatewayErrors("not-found");
    if (outcome.type === "stale") throw gatewayErrors("version-stale", { details: { version: outcome.version } });
    if (outcome.type === "refused") {
      throw gatewayErrors("review-undecidable", { message: `Cannot answer so: ${outcome.why}` });
    }
    const { decision = null, kind, placed } = outcome;
    const settled = outcome.settled.map(({ memoryId: id, version }) => ({ id, version }));
    const done = { kind, memory: placed === undefined ? null : memoryJson(placed), decision, settled };
    return { type: "json", body: done, ...withoutUndefined({ position: placed?.position }) };
  },
  "review.undo": async ({ application, principal, body }) => {
    const settled = body.settled.flatMap(({ id, version }) => {
      const memoryId = parseId("mem", id);
      return memoryId === undefined ? [] : [{ memoryId, version }];
    });
    return { type: "json", body: { undone: await application.review.undo(principal, settled) } };
  },
};

function countsJson({ level, person, write }: ReviewCounts): Json {
  return { level, person, write, total: level + person + write };
}

function itemJson(item: ReviewItem): Json {
  const { id, kind } = item;
  const common = { id, kind, answers: answersTo(item), alike: alikeOf(item) };
  switch (kind) {
    case "level":
      return { ...common, memory: memoryJson(item.placed), ...saidOften(item) };
    case "person":
      return { ...common, people: proposalJson(item.proposal) };
    case "write": {
      const { client, level, occurredAtMs, proposedAtMs, reasons, text } = item.write;
      const times = {
        occurred_at: occurredAtMs === null ? null : timeText(occurredAtMs),
        proposed_at: timeText(proposedAtMs),
      };
      const why = reasons.map((reason) => reason.text);
      return { ...common, write: { text, level: levelName(level), client, reasons: why, ...times } };
    }
  }
}

function saidOften({ sinceMs, times }: DoubtedLevel): Json {
  return times === 1 ? {} : { said: { times, since: timeText(sinceMs) } };
}

/** Levels that are doubted for the same reason: most of them are right or wrong together. */
function alikeOf(item: ReviewItem): string | null {
  if (item.kind !== "level") return null;
  const { level, reasons } = item.placed.memory;
  return `${levelName(level)}/${reasons[0]?.rule ?? ""}`;
}

function answersTo(item: ReviewItem): ReviewWord[] {
  if (item.kind !== "level") return ["accept", "refuse"];
  const { level } = item.placed.memory;
  return ["accept", ...(level < 4 ? ["up" as const] : []), ...(level > 1 ? ["down" as const] : [])];
}
