import type { ReactNode } from "react";

import { formatDay } from "../core/format.ts";
import type { WireMemory } from "../data/wire.ts";
import { Name } from "./basics.tsx";
import { Icon } from "./icon.tsx";

/** That something is another's: who shares it, and until when. Nothing for one's own. */
export function SharedMark({
  shared,
  isShort = false,
}: {
  readonly shared: WireMemory["shared"];
  readonly isShort?: boolean;
}): ReactNode {
  if (shared === undefined) return null;
  return (
    <span className="inline-flex items-center gap-1 align-bottom whitespace-nowrap" data-testid="shared-mark">
      <Icon name="people" className="size-3.5" />
      <span>
        Shared by <Name text={shared.by.name} />
        {!isShort && ` until ${formatDay(shared.until)}`}
      </span>
    </span>
  );
}
