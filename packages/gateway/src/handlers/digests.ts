import { formatPosition } from "@kaelix/base";
import { parseId } from "@kaelix/model";

import type { ShownDigest } from "../digest-application.ts";
import { gatewayErrors } from "../errors.ts";
import { type HandlersOf, withoutUndefined } from "../http/exchange.ts";
import { FieldsError } from "../http/problem.ts";
import { foundMemoryJson, type Json } from "../http/wire.ts";

/** The day. */
export const digestHandlers: HandlersOf<"digests.read"> = {
  "digests.read": async ({ application, principal, params, query }) => {
    const { zone = "UTC" } = query;
    const day = params.day === "today" ? undefined : params.day;
    const importId = query.import === undefined ? undefined : parseId("imp", query.import);
    const outcome = await application.digests.make(principal, { zone, ...withoutUndefined({ day, importId }) });
    switch (outcome.type) {
      case "digest":
        return { type: "json", body: digestJson(outcome.digest) };
      case "unknown-zone":
        throw new FieldsError([{ pointer: "/zone", detail: "No such time zone; one is named as in Europe/Berlin" }]);
      case "no-such-day":
        throw new FieldsError([{ pointer: "/day", detail: "There is no such day" }]);
      case "unknown-import":
        throw gatewayErrors("not-found");
    }
  },
};

function digestJson(digest: ShownDigest): Json {
  return {
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
