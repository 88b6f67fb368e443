import { type FormEvent, type ReactNode, useState } from "react";
import { useNavigate } from "react-router";

import type { Problem } from "../core/problem-words.ts";
import { api } from "../data/api.ts";
import type { WireImport } from "../data/wire.ts";
import { Button, problemFrom, ProblemNote } from "./basics.tsx";
import { Field } from "./field.tsx";

const PASSPHRASE_LENGTH_MAX = 1_024;

/** A sealed file that was brought: asks for its passphrase. */
export function ImportPassphrase({ item }: { readonly item: WireImport }): ReactNode {
  const navigate = useNavigate();
  const [passphrase, setPassphrase] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [open, { isLoading }] = api.useOpenImportMutation();
  const [cancel] = api.useCancelImportMutation();
  const isWrong = problem?.code === "age-passphrase-wrong";
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setProblem(null);
    const result = await open({ id: item.id, passphrase });
    if (result.error !== undefined) setProblem(problemFrom(result.error));
  };
  const discard = async (): Promise<void> => {
    await cancel(item.id);
    void navigate("/import");
  };
  return (
    <form onSubmit={(event) => void submit(event)} className="max-w-form">
      <p>This file is sealed. The passphrase that it was made with opens it here; you then see what is in it.</p>
      <div className="mt-4">
        <Field
          label="Passphrase of the file"
          hint="It is used once and kept nowhere. The file stays sealed on the disk while it is imported."
          error={isWrong ? "This passphrase does not open the file. Nothing was changed; try again" : undefined}
          input={{
            type: "password",
            autoComplete: "off",
            autoFocus: true,
            value: passphrase,
            maxLength: PASSPHRASE_LENGTH_MAX,
            onChange: (event) => {
              setPassphrase(event.target.value);
              setProblem(null);
            },
            "data-testid": "import-passphrase",
          }}
        />
      </div>
      {problem !== null && !isWrong && <ProblemNote problem={problem} safe="Nothing was kept" />}
      <div className="mt-5 flex flex-wrap items-center gap-2">
        <Button look="primary" type="submit" isDisabled={isLoading || passphrase === ""} data-testid="open-import">
          {isLoading ? "Opening…" : "Open the file"}
        </Button>
        <Button look="quiet" isDisabled={isLoading} onPress={() => void discard()}>
          Discard the file
        </Button>
      </div>
    </form>
  );
}
