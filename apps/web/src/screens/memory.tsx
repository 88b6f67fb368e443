import type { ReactNode } from "react";

/** MemoryPage. */
export function MemoryPage(): ReactNode {
  return null;
}
