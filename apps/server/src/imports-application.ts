import type { ImportStatus, Imports, Owner } from "@kaelix/capture";
import { previewJson } from "@kaelix/capture";
import type { ImportApplication, ImportPreviewView, ImportView } from "@kaelix/gateway";
import type { ImportId, UserPrincipal } from "@kaelix/model";
import { isWithinReach } from "@kaelix/security";

const ORDER_LABELS: ReadonlyMap<string, string> = new Map([
  ["day-first", "Day first, as in 31/12/2024"],
  ["month-first", "Month first, as in 12/31/2024"],
  ["year-first", "Year first, as in 2024/12/31"],
]);

/** Importing as the gateway asks for it. */
export function importsApplication(imports: Imports): ImportApplication {
  return {
    makeSpool: () => imports.makeSpool(),
    accept: async (principal, upload) =>
      viewOf(await imports.accept(ownerOf(principal), { ...upload, program: principal.program?.key })),
    open: async (principal, id, passphrase) => {
      const found = await importFor(imports, principal, id);
      return optionalView(found && (await imports.open(ownerOf(principal), id, passphrase)));
    },
    list: async (principal) =>
      (await imports.list(ownerOf(principal))).filter((status) => isReached(principal, status)).map(viewOf),
    read: async (principal, id) => optionalView(await importFor(imports, principal, id)),
    start: async (principal, id, answers) => {
      const found = await importFor(imports, principal, id);
      return optionalView(found && (await imports.start(ownerOf(principal), id, answers)));
    },
    cancel: async (principal, id) => {
      const found = await importFor(imports, principal, id);
      return optionalView(found && (await imports.cancel(ownerOf(principal), id)));
    },
    undo: async (principal, id) => {
      const found = await importFor(imports, principal, id);
      return optionalView(found && (await imports.undo(ownerOf(principal), id)));
    },
  };
}

/** An import of a principal's that it may know of; undefined for any other. */
export async function importFor(
  imports: Pick<Imports, "read">,
  principal: UserPrincipal,
  id: ImportId,
): Promise<ImportStatus | undefined> {
  const status = await imports.read(ownerOf(principal), id);
  return status !== undefined && isReached(principal, status) ? status : undefined;
}

function isReached({ program }: UserPrincipal, { namespace }: ImportStatus): boolean {
  return isWithinReach(program, namespace);
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
