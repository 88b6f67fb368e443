import { writeFileSync } from "node:fs";

/**
 * Has core dumps of this process, and of those that it starts from now on, written without memory: what is held to be answered with would lie
 * in them in clear. By the kernel's own filter (core(5), "Controlling which mappings are written to the core dump"), so on Linux alone.
 */
export function emptyCoreDumps(): void {
  try {
    writeFileSync("/proc/self/coredump_filter", "0");
  } catch {
    // Another system, or a box without /proc: `docs/security.md` says what to do there.
  }
}
