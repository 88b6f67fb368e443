import type { ReactNode } from "react";

/** Chats. */
export function Chats(): ReactNode {
  return null;
}
