import type { ReactNode } from "react";

/** Status. */
export function Status(): ReactNode {
  return null;
}
