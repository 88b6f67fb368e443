import { OPEN_UP_TO_HEADER } from "@kaelix/contract";
import { type ReactNode, useState } from "react";

import { notify } from "../data/actions.ts";
import { client } from "../data/connection.ts";
import { useAppDispatch } from "../data/store.ts";
import { Button } from "./basics.tsx";
import { Field } from "./field.tsx";
import { Section } from "./page.tsx";
import { saveFile } from "./save-file.ts";

const FORMATS = {
  zip: { route: "exports.archive", format: "archive", label: "Download with files (zip)" },
  jsonl: { route: "exports.memories", format: "jsonl", label: "Download as JSONL" },
  md: { route: "exports.markdown", format: "markdown", label: "Download as Markdown" },
} as const;
const PASSPHRASE_LENGTH_MIN = 15;

/** Everything up to the level that is open, as a file. What is above is not in it, and not counted. */
export function Takeout(): ReactNode {
  const dispatch = useAppDispatch();
  const [isBusy, setBusy] = useState(false);
  const [passphrase, setPassphrase] = useState("");
  const isSealed = passphrase !== "";
  const isShort = isSealed && passphrase.length < PASSPHRASE_LENGTH_MIN;
  const run = async (ending: keyof typeof FORMATS): Promise<void> => {
    setBusy(true);
    const { format, route } = FORMATS[ending];
    try {
      const response = isSealed
        ? await client.open("exports.sealed", { body: { passphrase, format } })
        : await client.open(route);
      const day = new Date().toISOString().slice(0, 10);
      saveFile(`kaelix-${day}.${ending}${isSealed ? ".age" : ""}`, await response.blob());
      const level = response.headers.get(OPEN_UP_TO_HEADER);
      if (level !== null && level !== "ultra-secret")
        dispatch(notify(`Everything up to ${level}. Open up further first to take more along`));
    } catch {
      dispatch(notify("The export could not be made now. Nothing was changed."));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Section title="Take everything with you">
      <div className="mb-4 max-w-form">
        <Field
          label="Passphrase for the file"
          hint="Leave it empty for a file that anybody can read. With one, nobody reads it without: write it down, it cannot be reset."
          error={isShort ? `${PASSPHRASE_LENGTH_MIN} signs or more; a few words do` : undefined}
          input={{
            type: "password",
            autoComplete: "new-password",
            value: passphrase,
            maxLength: 1_024,
            onChange: (event) => setPassphrase(event.target.value),
            "data-testid": "takeout-passphrase",
          }}
        />
      </div>
      <div className="flex flex-wrap gap-3">
        <Button icon="import" isDisabled={isBusy || isShort} onPress={() => void run("zip")}>
          {FORMATS.zip.label}
        </Button>
        <Button icon="import" isDisabled={isBusy || isShort} onPress={() => void run("jsonl")}>
          {FORMATS.jsonl.label}
        </Button>
        <Button icon="import" isDisabled={isBusy || isShort} onPress={() => void run("md")}>
          {FORMATS.md.label}
        </Button>
      </div>
      <p className="mt-1.5 max-w-measure text-13 text-muted">
        Every memory up to the level this session is open to. Without a passphrase keep the file as carefully as what is
        in it. The zip holds everything, files and photos among it; it and JSONL can be imported again, here or in
        another Kaelix; Markdown is for reading. A file with a passphrase is opened by Import here, by “kaelix import
        run”, or by the program age.
      </p>
    </Section>
  );
}
