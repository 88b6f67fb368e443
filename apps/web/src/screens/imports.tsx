import type { ReactNode } from "react";

/** Imports. */
export function Imports(): ReactNode {
  return null;
}
