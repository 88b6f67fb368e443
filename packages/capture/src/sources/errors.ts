import { defineErrors, type KaelixError } from "@kaelix/base";

/** Why a file or folder cannot be imported at all. Bad records inside a file are problems, never errors. */
export const sourceErrors = defineErrors({
  "import-missing": {
    kind: "missing",
    retry: false,
    status: 404,
    text: "Cannot import: there is no such file or folder",
  },
  "import-unreadable": {
    kind: "input",
    retry: false,
    status: 400,
    text: "Cannot import: the file or folder cannot be opened",
  },
  "import-sealed": {
    kind: "conflict",
    retry: false,
    status: 409,
    text: "Cannot import: the file is sealed, must be opened with its passphrase first",
  },
  "import-empty": { kind: "input", retry: false, status: 422, text: "Cannot import: the file is empty" },
  "import-unknown-format": {
    kind: "input",
    retry: false,
    status: 422,
    text: "Cannot import: the format is not known, must be a WhatsApp, ChatGPT or Claude export, JSONL, CSV or Markdown",
  },
  "import-not-a-zip": {
    kind: "input",
    retry: false,
    status: 422,
    text: "Cannot import: the file is called .zip but is not a zip archive, or its end is missing",
  },
  "import-archive-refused": {
    kind: "input",
    retry: false,
    status: 422,
    text: "Cannot import: the archive could harm this machine and was refused",
  },
  "import-archive-encrypted": {
    kind: "input",
    retry: false,
    status: 422,
    text: "Cannot import: the archive is encrypted, must be one without a password",
  },
  "import-archive-damaged": {
    kind: "corrupt",
    retry: false,
    status: 422,
    text: "Cannot import: the archive is damaged, a file inside does not match its checksum or size",
  },
  "import-too-many-entries": {
    kind: "input",
    retry: false,
    status: 422,
    text: "Cannot import: there are more files inside than are allowed",
  },
  "import-answer-needed": {
    kind: "input",
    retry: false,
    status: 422,
    text: "Cannot import: the order of day and month is not certain, must be answered with day-first, month-first or year-first",
  },
  "import-zone-unknown": {
    kind: "input",
    retry: false,
    status: 400,
    text: "Cannot import: the time zone is not known, must be an IANA name such as Europe/Berlin",
  },
});

/** The refusal of an archive with the reason in words. */
export function refuseArchive(reason: string, entry?: string): KaelixError {
  return sourceErrors("import-archive-refused", {
    message: `Cannot import: the archive was refused, ${reason}`,
    details: entry === undefined ? { reason } : { reason, entry: entry.slice(0, 200) },
  });
}
