import { OPEN_UP_TO_HEADER } from "@kaelix/contract";
import { type ReactNode, useState } from "react";

import { notify } from "../data/actions.ts";
import { client } from "../data/connection.ts";
import { useAppDispatch } from "../data/store.ts";
import { Button } from "./basics.tsx";
import { Section } from "./page.tsx";
import { saveFile } from "./save-file.ts";

const FORMATS = {
  jsonl: { route: "exports.memories", label: "Download as JSONL" },
  md: { route: "exports.markdown", label: "Download as Markdown" },
} as const;

/** Everything up to the level that is open, as a file. What is above is not in it, and not counted. */
export function Takeout(): ReactNode {
  const dispatch = useAppDispatch();
  const [isBusy, setBusy] = useState(false);
  const run = async (ending: keyof typeof FORMATS): Promise<void> => {
    setBusy(true);
    try {
      const response = await client.open(FORMATS[ending].route);
      saveFile(`kaelix-${new Date().toISOString().slice(0, 10)}.${ending}`, await response.blob());
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
      <div className="flex flex-wrap gap-3">
        <Button icon="import" isDisabled={isBusy} onPress={() => void run("jsonl")}>
          {FORMATS.jsonl.label}
        </Button>
        <Button icon="import" isDisabled={isBusy} onPress={() => void run("md")}>
          {FORMATS.md.label}
        </Button>
      </div>
      <p className="mt-1.5 max-w-measure text-13 text-muted">
        Every memory up to the level this session is open to, unsealed: keep the file as carefully as what is in it.
        JSONL can be imported again, here or in another Kaelix; Markdown is for reading.
      </p>
    </Section>
  );
}
