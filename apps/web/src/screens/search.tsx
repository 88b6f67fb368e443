import type { ReactNode } from "react";

/** Search. */
export function Search(): ReactNode {
  return null;
}
