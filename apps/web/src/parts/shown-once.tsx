import type { ReactNode } from "react";

import { Button, CopyButton } from "./basics.tsx";

/** Hands a text over as a file. */
function download(fileName: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = fileName;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

interface ShownOnceProps {
  /** A line each. */
  readonly lines: readonly string[];
  readonly fileName: string;
  readonly words: string;
  readonly onDone: () => void;
  readonly testId: string;
}

/** Secrets that are shown this once: to copy, to keep as a file, and to be done with. */
export function ShownOnce({ lines, fileName, words, onDone, testId }: ShownOnceProps): ReactNode {
  const text = lines.join("\n");
  return (
    <div className="rounded-card border border-line bg-surface px-4 py-3">
      <p className="max-w-measure">{words}</p>
      <ul
        data-testid={testId}
        className={`my-3 grid gap-x-6 gap-y-1 font-mono text-13 break-all ${lines.length > 1 ? "sm:grid-cols-2" : ""}`}
      >
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      <div className="flex flex-wrap gap-3">
        <CopyButton text={text} label="Copy" look="plain" />
        <Button icon="import" onPress={() => download(fileName, `${text}\n`)}>
          Download
        </Button>
        <Button look="primary" onPress={onDone} data-testid={`${testId}-kept`}>
          I have kept it
        </Button>
      </div>
    </div>
  );
}
