import { importShare } from "@kaelix/contract/import-place";
import type { ReactNode } from "react";
import { Link } from "react-router";

import { countOf, formatBytes, formatCount } from "../core/format.ts";
import { importSummary } from "../core/import-words.ts";
import { api } from "../data/api.ts";
import type { WireImport } from "../data/wire.ts";
import { Bar } from "./bar.tsx";
import { Name } from "./basics.tsx";

const POLL_MS = 1_500;

const ENDED: Readonly<Record<WireImport["state"], string>> = {
  sealed: "Waits for its passphrase",
  waiting: "Waits for your answers",
  running: "Running",
  done: "Done",
  cancelled: "Stopped",
  failed: "Stopped before the end",
  undone: "Taken back",
};

/** How far an import is. */
export function ImportProgress({ item }: { readonly item: WireImport }): ReactNode {
  return (
    <Bar label={`Importing ${item.file}`} share={importShare(item)}>
      <span className="mt-1 block text-12 text-muted tabular-nums">
        {formatCount(item.added + item.known)}
        {item.total === null
          ? ` told · ${formatBytes(item.bytes_done)} of ${formatBytes(item.bytes_total)}`
          : ` of ${formatCount(item.total)} told`}
        {" · searchable while it runs"}
      </span>
    </Bar>
  );
}

/** One open import in a list; kept up to date while it runs. */
export function ImportLine({ item }: { readonly item: WireImport }): ReactNode {
  const { data = item } = api.useImportQuery(item.id, { pollingInterval: item.state === "running" ? POLL_MS : 0 });
  return (
    <li className="py-2.5">
      <Link to={`/import/${item.id}`} className="block font-medium hover:underline">
        <Name text={data.file} />
      </Link>
      {data.state === "running" ? (
        <ImportProgress item={data} />
      ) : (
        <span className="text-13 text-muted">
          {data.state === "waiting"
            ? `Waits for your answers · ${countOf(data.preview?.total ?? 0, "record")}`
            : data.state === "sealed"
              ? ENDED.sealed
              : `${ENDED[data.state]} · ${importSummary(data)}`}
        </span>
      )}
    </li>
  );
}
