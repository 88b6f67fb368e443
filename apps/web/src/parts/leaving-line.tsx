import type { ReactNode } from "react";

import { countOf, formatMoment } from "../core/format.ts";
import { retentionApi } from "../data/retention-api.ts";
import { TextLink } from "./basics.tsx";

/** A line that says what is announced to go for good, and leads to where it can be kept. Nothing when nothing is. */
export function LeavingLine(): ReactNode {
  const { data } = retentionApi.useRetentionQuery();
  if (data === undefined || data.announced === null) return null;
  const { on, total } = data.announced;
  return (
    <p data-testid="leaving-line" className="mt-6 border-y border-line py-3 text-13">
      {countOf(total, "memory reaches its age and goes", "memories reach their age and go")} for good on{" "}
      {formatMoment(on)}: <TextLink href="/settings/retention">look, and keep what you like</TextLink>
    </p>
  );
}
