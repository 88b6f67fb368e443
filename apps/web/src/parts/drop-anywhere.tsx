import { type DragEvent, type ReactNode, useState } from "react";
import { useNavigate } from "react-router";

import { offerFile } from "../data/offered-file.ts";
import { Icon } from "./icon.tsx";

/** Takes a file dropped anywhere to the import screen. */
export function DropAnywhere({ children }: { readonly children: ReactNode }): ReactNode {
  const [depth, setDepth] = useState(0);
  /** Something inside takes it itself. */
  const [isTaken, setTaken] = useState(false);
  const navigate = useNavigate();
  const holdsFile = (event: DragEvent): boolean => event.dataTransfer.types.includes("Files");
  const drop = (event: DragEvent): void => {
    if (!holdsFile(event)) return;
    setDepth(0);
    if (event.isDefaultPrevented()) return;
    event.preventDefault();
    const file = event.dataTransfer.files[0];
    if (file === undefined) return;
    offerFile(file);
    void navigate("/import");
  };
  return (
    <div
      onDragEnter={(event) => holdsFile(event) && setDepth((count) => count + 1)}
      onDragLeave={(event) => holdsFile(event) && setDepth((count) => Math.max(0, count - 1))}
      onDragOver={(event) => {
        if (!holdsFile(event)) return;
        setTaken(event.isDefaultPrevented());
        event.preventDefault();
      }}
      onDrop={drop}
    >
      {children}
      {depth > 0 && !isTaken && (
        <div className="pointer-events-none fixed inset-3 z-40 flex items-center justify-center rounded-card border-2 border-dashed border-accent bg-surface/90">
          <p className="flex items-center gap-3 text-18">
            <Icon name="import" /> Let go to look into it. Nothing is kept before you say so.
          </p>
        </div>
      )}
    </div>
  );
}
