import type { ErrorRow } from "@kaelix/base";

/** Every code with its row, for the pages at `/problems/{code}`. */
export type ProblemRows = ReadonlyMap<string, ErrorRow>;

/** Collects the error tables of all rooms. */
export function collectRows(tables: readonly Readonly<Record<string, ErrorRow>>[]): ProblemRows {
  return new Map(tables.flatMap((table) => Object.entries(table)));
}

const WHO_ACTS: Readonly<Record<ErrorRow["kind"], string>> = {
  input: "The request must change before it can succeed.",
  denied: "Whoever asks may not have this now: sign in, unlock the session, or ask somebody with more rights.",
  missing: "There is nothing there, or nothing that this session may see; the two are not told apart.",
  conflict: "Something else is there already: read it again and decide.",
  busy: "Nothing is wrong with the request: send it again a little later.",
  spent: "A budget is used up: wait until it fills again, or raise it.",
  upstream: "A service that Kaelix depends on does not answer.",
  corrupt: "Data was found damaged and set aside; kaelix verify says what.",
  bug: "This is a mistake in Kaelix. The trace id of the answer finds it in the server's log.",
};

/** The page that explains a problem; without scripts and styles of its own. */
export function problemPage(code: string, row: ErrorRow): string {
  const retry = row.retry ? "The same request may succeed later." : "The same request will fail again.";
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(code)} · Kaelix</title>
<h1>${escapeHtml(row.text)}</h1>
<p><code>${escapeHtml(code)}</code>, status ${row.status}</p>
<p>${WHO_ACTS[row.kind]} ${retry}</p>
</html>
`;
}

/** Text as HTML shows it. */
function escapeHtml(text: string): string {
  const names: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replaceAll(/[&<>"']/g, (letter) => names[letter] ?? letter);
}
