/** Files that are about to be told: what is shown of them in the composer, and sending them. */
import type { ReactNode } from "react";

import { formatBytes } from "../core/format.ts";
import { problemWords } from "../core/problem-words.ts";
import { keep, notify } from "../data/actions.ts";
import { problemOf } from "../data/connection.ts";
import { uploadFiles } from "../data/files.ts";
import type { Dispatch } from "../data/store.ts";
import type { LevelChoice } from "../data/thread.ts";
import { Button, Name } from "./basics.tsx";

/** What is told with files. */
export interface Telling {
  readonly text: string;
  readonly level: LevelChoice;
  readonly files: readonly File[];
}

/** Sends the files, then keeps what they are told with. False when all of it stays in the composer. */
export async function keepWithFiles({ files, level, text }: Telling, dispatch: Dispatch): Promise<boolean> {
  if (level === "ultra-secret") {
    dispatch(
      notify("Not sent: what is Ultra-secret is sealed by you and cannot have files. Choose Secret, or take them out."),
    );
    return false;
  }
  try {
    const sent = await uploadFiles(files);
    void dispatch(keep(text.trim() === "" ? "" : text, level, { files: sent }));
    return true;
  } catch (error) {
    const { detail } = problemOf(error);
    const why = detail === "" ? problemWords(problemOf(error)).happened : detail;
    dispatch(notify(`Not sent: ${why}. Your text and files are still there.`));
    return false;
  }
}

interface AttachedFilesProps {
  readonly files: readonly File[];
  readonly isSending: boolean;
  readonly onChange: (files: readonly File[]) => void;
}

/** The files that go along, each with a way to take it out. */
export function AttachedFiles({ files, isSending, onChange }: AttachedFilesProps): ReactNode {
  return (
    <div className="px-3 pb-1">
      <ul aria-label="Files that go along" className="flex flex-wrap gap-1.5" data-testid="attached-files">
        {files.map((file) => (
          <li
            key={`${file.name} ${file.size} ${file.lastModified}`}
            className="flex max-w-full min-w-0 items-center rounded-control bg-sunken ps-2.5 text-13"
          >
            <span className="truncate">
              <Name text={file.name} />
            </span>
            <span className="ms-1.5 shrink-0 text-muted">{formatBytes(file.size)}</span>
            <Button
              look="quiet"
              icon="close"
              isDisabled={isSending}
              aria-label={`Take ${file.name} out`}
              onPress={() => onChange(files.filter((other) => other !== file))}
            />
          </li>
        ))}
      </ul>
      {isSending && (
        <p role="status" className="pt-1 text-13 text-muted">
          Sending the files…
        </p>
      )}
    </div>
  );
}
