import { type ImportId, parseId } from "@kaelix/model";

import { gatewayErrors } from "../errors.ts";
import { type Answer, type Exchange, type HandlersOf, withoutUndefined } from "../http/exchange.ts";
import { receiveFile } from "../http/uploads.ts";
import { importJson } from "../http/wire.ts";
import { writerOf } from "../http/writer.ts";
import type { ImportView } from "../import-application.ts";

type ImportRoutes =
  | "imports.upload"
  | "imports.list"
  | "imports.read"
  | "imports.open"
  | "imports.start"
  | "imports.cancel"
  | "imports.undo";

/** Uploading export files and importing them. */
export const importHandlers: HandlersOf<ImportRoutes> = {
  "imports.upload": upload,
  "imports.list": async ({ application, principal }) => ({
    type: "json",
    body: { data: (await application.imports.list(principal)).map(importJson) },
  }),
  "imports.read": async ({ application, principal, params }) =>
    importAnswer(await application.imports.read(principal, importIdOf(params.id))),
  "imports.open": async ({ application, principal, params, body }) =>
    importAnswer(await application.imports.open(principal, importIdOf(params.id), body.passphrase)),
  "imports.start": async ({ application, principal, params, body, request }) => {
    const client = await writerOf(application.access, request.subject, principal);
    const { me, date_order: dateOrder, zone, level } = body;
    const answers = withoutUndefined({ me, dateOrder, zone, level, client });
    return importAnswer(await application.imports.start(principal, importIdOf(params.id), answers));
  },
  "imports.cancel": async ({ application, principal, params }) =>
    importAnswer(await application.imports.cancel(principal, importIdOf(params.id))),
  "imports.undo": async ({ application, principal, params }) =>
    importAnswer(await application.imports.undo(principal, importIdOf(params.id))),
};

async function upload(exchange: Exchange<"imports.upload">): Promise<Answer> {
  const { application, principal, query, request } = exchange;
  const received = await receiveFile(request, async () => application.imports.makeSpool(principal));
  const { fileName, path, spool } = received;
  const view = await application.imports.accept(
    principal,
    withoutUndefined({ importId: spool.importId, path, fileName, zone: query.zone }),
  );
  return { type: "json", body: importJson(view) };
}

function importIdOf(text: string): ImportId {
  const id = parseId("imp", text);
  if (id === undefined) throw gatewayErrors("not-found");
  return id;
}

function importAnswer(view: ImportView | undefined): Answer {
  if (view === undefined) throw gatewayErrors("not-found");
  return { type: "json", body: importJson(view) };
}
