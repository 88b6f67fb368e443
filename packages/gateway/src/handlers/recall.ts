import { parseId } from "@kaelix/model";

import type { RecallFilter } from "../application.ts";
import { type Exchange, type HandlersOf, withoutUndefined } from "../http/exchange.ts";
import { answerJson, searchJson } from "../http/wire.ts";
import { timeMs } from "./memories.ts";

/** Searching and asking. */
export const recallHandlers: HandlersOf<"searches.run" | "answers.ask"> = {
  "searches.run": async ({ application, principal, body }) => {
    const outcome = await application.memories.search(principal, {
      query: body.query,
      filter: filterOf(body.filter),
      limit: body.limit,
      offset: body.offset,
      facets: body.facets,
    });
    return { type: "json", body: searchJson(outcome) };
  },
  "answers.ask": async ({ application, principal, body }) => {
    const asOfMs = timeMs(body.as_of, "as_of");
    const request = { question: body.question, filter: filterOf(body.filter), ...withoutUndefined({ asOfMs }) };
    return { type: "json", body: answerJson(await application.memories.ask(principal, request)) };
  },
};

function filterOf(filter: Exchange<"searches.run">["body"]["filter"]): RecallFilter {
  if (filter === undefined) return {};
  return withoutUndefined({
    person: filter.person,
    source: filter.source,
    afterMs: timeMs(filter.after, "filter/after"),
    beforeMs: timeMs(filter.before, "filter/before"),
    level: filter.level,
    conversationId: filter.conversation === undefined ? undefined : parseId("con", filter.conversation),
    importId: filter.import === undefined ? undefined : parseId("imp", filter.import),
  });
}
