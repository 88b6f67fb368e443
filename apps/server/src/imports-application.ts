import type { ImportStatus, Imports, Owner } from "@kaelix/capture";
import { previewJson } from "@kaelix/capture";
import type { ImportApplication, ImportPreviewView, ImportView } from "@kaelix/gateway";
import type { UserPrincipal } from "@kaelix/model";

const ORDER_LABELS: ReadonlyMap<string, string> = new Map([
  ["day-first", "Day first, as in 31/12/2024"],
  ["month-first", "Month first, as in 12/31/2024"],
  ["year-first", "Year first, as in 2024/12/31"],
]);

/** Importing as the gateway asks for it. */
export function importsApplication(imports: Imports): ImportApplication {
  return {
    makeSpool: () => imports.makeSpool(),
    accept: async (principal, upload) => viewOf(await imports.accept(ownerOf(principal), upload)),
    list: async (principal) => (await imports.list(ownerOf(principal))).map(viewOf),
    read: async (principal, id) => optionalView(await imports.read(ownerOf(principal), id)),
    start: async (principal, id, answers) => optionalView(await imports.start(ownerOf(principal), id, answers)),
    cancel: async (principal, id) => optionalView(await imports.cancel(ownerOf(principal), id)),
    undo: async (principal, id) => optionalView(await imports.undo(ownerOf(principal), id)),
  };
}

/** Whose things a principal's are. */
export function ownerOf(principal: UserPrincipal): Owner {
  return { tenant: principal.tenantId, user: principal.userId };
}

function optionalView(status: ImportStatus | undefined): ImportView | undefined {
  return status === undefined ? undefined : viewOf(status);
}

function viewOf(status: ImportStatus): ImportView {
  return { ...status, preview: status.preview === null ? null : previewViewOf(status.preview) };
}

function previewViewOf(preview: NonNullable<ImportStatus["preview"]>): ImportPreviewView {
  const printed = previewJson(preview);
  return {
    ...printed,
    people: preview.people,
    questions: preview.questions.map((question) => ({
      ...question,
      options: question.options.map((value) => ({ value, label: ORDER_LABELS.get(value) ?? value })),
    })),
  };
}
