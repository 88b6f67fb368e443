import { parsePosition } from "@kaelix/base";
import { parseId } from "@kaelix/model";

import type { MemoryApplication, Reach, RecallFilter } from "../application.ts";
import type { AsOf } from "../asking.ts";
import { type Exchange, type HandlersOf, withoutUndefined } from "../http/exchange.ts";
import { answerJson, searchJson } from "../http/wire.ts";
import { timeMs } from "./memories.ts";
import { reachOf } from "./reach.ts";

/** Searching and asking. */
export const recallHandlers: HandlersOf<"searches.run" | "answers.ask"> = {
  "searches.run": async ({ application, principal, body, request }) => {
    const { query, limit, offset, facets } = body;
    const asOf = asOfOf(body.as_of);
    const wanted = { query, filter: filterOf(body.filter), limit, offset, facets, ...withoutUndefined({ asOf }) };
    const outcome = await application.memories.search(principal, wanted, reachOf(request, body.filter?.owner));
    return { type: "json", body: searchJson(outcome) };
  },
  "answers.ask": async (exchange) => {
    const { application, principal } = exchange;
    const { asked, reach } = askedOf(exchange);
    return { type: "json", body: answerJson(await application.memories.ask(principal, asked, reach)) };
  },
};

/** What a request asks, and how far it reaches. */
export function askedOf({ body, request }: Pick<Exchange<"answers.ask" | "answers.write">, "body" | "request">): {
  readonly asked: Parameters<MemoryApplication["ask"]>[1];
  readonly reach: Reach | undefined;
} {
  const asOf = asOfOf(body.as_of);
  const { after, follow_ups: proposes, question } = body;
  const asked = { question, filter: filterOf(body.filter), ...withoutUndefined({ asOf, after, proposes }) };
  return { asked, reach: reachOf(request, body.filter?.owner) };
}

/** How far back is looked, of what `asOfSchema` made of it; undefined when it is now. */
export function asOfOf(text: string | undefined): AsOf | undefined {
  const position = text === undefined ? undefined : parsePosition(text);
  if (position !== undefined) return { type: "position", position };
  const ms = timeMs(text, "as_of");
  return ms === undefined ? undefined : { type: "time", ms };
}

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
