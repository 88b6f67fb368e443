import type { ReactNode } from "react";

/** Settings. */
export function Settings(): ReactNode {
  return null;
}
