/** Files of a memory: pictures as they are, anything else to be saved. */
import { type ReactNode, type RefObject, useEffect, useRef, useState } from "react";

import { formatBytes } from "../core/format.ts";
import { problemWords } from "../core/problem-words.ts";
import { notify } from "../data/actions.ts";
import { problemOf } from "../data/connection.ts";
import { openFile } from "../data/files.ts";
import { useAppDispatch } from "../data/store.ts";
import type { WireFile, WireMemory } from "../data/wire.ts";
import { Button, Name } from "./basics.tsx";
import { saveFile } from "./save-file.ts";

/** Types that are shown; the server says them by the first bytes alone, and never one that could run. */
const PICTURES: ReadonlySet<string> = new Set(["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"]);
/** Larger ones are fetched when they are asked for. */
const SHOWN_BYTES_MAX = 20 * 1_024 ** 2;

interface FileProps {
  readonly memory: string;
  readonly file: WireFile;
}

/** Its address, fetched when it comes near what is seen and let go with the part that shows it; null: it could not be. */
function usePicture({ memory, file }: FileProps, place: RefObject<HTMLElement | null>): string | null | undefined {
  const [shown, setShown] = useState<string | null>();
  useEffect(() => {
    const [abort, element] = [new AbortController(), place.current];
    let url: string | undefined;
    const load = async (): Promise<void> => {
      try {
        url = URL.createObjectURL(await openFile(memory, file, abort.signal));
        if (abort.signal.aborted) URL.revokeObjectURL(url);
        else setShown(url);
      } catch {
        if (!abort.signal.aborted) setShown(null);
      }
    };
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        observer.disconnect();
        void load();
      },
      { rootMargin: "50%" },
    );
    if (element !== null) observer.observe(element);
    return () => {
      observer.disconnect();
      abort.abort();
      if (url !== undefined) URL.revokeObjectURL(url);
    };
  }, [memory, file, place]);
  return shown;
}

function Picture(props: FileProps): ReactNode {
  const place = useRef<HTMLSpanElement>(null);
  const shown = usePicture(props, place);
  if (shown === null) return <SaveButton {...props} />;
  return (
    <span ref={place} className="block" data-testid="memory-picture">
      {shown === undefined ? (
        <span
          className="block h-44 w-60 max-w-full rounded-control bg-sunken"
          role="img"
          aria-label={props.file.name}
        />
      ) : (
        <img src={shown} alt={props.file.name} className="block max-h-72 max-w-full rounded-control object-contain" />
      )}
    </span>
  );
}

/** Hands a file over to the person. */
function SaveButton({ memory, file }: FileProps): ReactNode {
  const dispatch = useAppDispatch();
  const [isBusy, setBusy] = useState(false);
  const save = async (): Promise<void> => {
    setBusy(true);
    try {
      saveFile(file.name, await openFile(memory, file));
    } catch (error) {
      dispatch(notify(`Not saved: ${problemWords(problemOf(error)).happened}.`));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button
      icon="file"
      isDisabled={isBusy}
      onPress={() => void save()}
      className="max-w-full"
      aria-label={`Save ${file.name}, ${formatBytes(file.bytes)}`}
      data-testid="save-file"
    >
      <span className="truncate">
        <Name text={file.name} />
      </span>
      <span className="text-13 text-muted">{formatBytes(file.bytes)}</span>
    </Button>
  );
}

/** The files of a memory; nothing where there are none. `canSave`: pictures have a button to save them, too. */
export function MemoryFiles({
  memory,
  canSave = false,
}: {
  readonly memory: Pick<WireMemory, "id" | "files">;
  readonly canSave?: boolean;
}): ReactNode {
  const { files, id } = memory;
  if (files.length === 0) return null;
  return (
    <ul aria-label="Files" className="mt-2 flex flex-wrap items-end gap-2 text-15">
      {files.map((file) => {
        const isShown = PICTURES.has(file.type) && file.bytes <= SHOWN_BYTES_MAX;
        return (
          <li key={file.id} className="max-w-full min-w-0 space-y-1">
            {isShown && <Picture memory={id} file={file} />}
            {(!isShown || canSave) && <SaveButton memory={id} file={file} />}
          </li>
        );
      })}
    </ul>
  );
}
