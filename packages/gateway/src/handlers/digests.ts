import { formatPosition } from "@kaelix/base";
import { parseId } from "@kaelix/model";

import type { DigestQuery, NoDigest, ShownDigest } from "../digest-application.ts";
import { gatewayErrors } from "../errors.ts";
import { type Exchange, type HandlersOf, withoutUndefined } from "../http/exchange.ts";
import { goneOf } from "../http/gone.ts";
import { FieldsError } from "../http/problem.ts";
import { foundMemoryJson, type Json } from "../http/wire.ts";

/** The day. */
export const digestHandlers: HandlersOf<"digests.read" | "digests.write"> = {
  "digests.read": async ({ application, principal, ...asked }) => {
    const outcome = await application.digests.make(principal, queryOf(asked));
    if (outcome.type !== "digest") throw digestRefusal(outcome.type);
    return { type: "json", body: digestJson(outcome.digest, outcome.writes) };
  },
  "digests.write": async ({ application, principal, reply, ...asked }) => {
    const outcome = await application.digests.write(principal, queryOf(asked), goneOf(reply.raw));
    if (outcome.type !== "prose") throw digestRefusal(outcome.type);
    const { notWritten, sentences, writtenBy } = outcome.prose;
    const body = { day: outcome.day, written_by: writtenBy ?? null, not_written: notWritten ?? null };
    return { type: "json", body: { ...body, sentences: sentences.map((sentence) => ({ ...sentence })) } };
  },
};

function queryOf({ params, query }: Pick<Exchange<"digests.read">, "params" | "query">): DigestQuery {
  const { zone = "UTC" } = query;
  const day = params.day === "today" ? undefined : params.day;
  const importId = query.import === undefined ? undefined : parseId("imp", query.import);
  return { zone, ...withoutUndefined({ day, importId }) };
}

/** Why there is no digest, as an error. */
export function digestRefusal(type: NoDigest["type"]): Error {
  switch (type) {
    case "unknown-zone":
      return new FieldsError([{ pointer: "/zone", detail: "No such time zone; one is named as in Europe/Berlin" }]);
    case "no-such-day":
      return new FieldsError([{ pointer: "/day", detail: "There is no such day" }]);
    case "unknown-import":
      return gatewayErrors("not-found");
  }
}

function digestJson(digest: ShownDigest, writes: boolean): Json {
  return {
    writes,
    day: digest.day,
    zone: digest.zone,
    memories: digest.memories,
    sections: digest.sections.map(({ kind, lines, more }) => ({
      kind,
      more,
      lines: lines.map(({ key, text, day, count, evidence }) => ({
        key,
        text,
        day: day ?? null,
        count: count ?? null,
        evidence: evidence.map(({ document, range, position }) => ({
          memory: foundMemoryJson(document, position),
          range,
        })),
      })),
    })),
    took_ms: digest.tookMs,
    as_of: formatPosition(digest.asOf),
  };
}
