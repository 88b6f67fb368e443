/**
 * Has the C library give freed memory back. glibc raises its own thresholds as a program frees larger pieces and then keeps them, some 50 MiB
 * of a server at rest; they stay where they are only when they are set, which a running process cannot do for itself.
 */
const THRESHOLD = "MALLOC_TRIM_THRESHOLD_";
/** glibc's own value at the start. */
const THRESHOLD_BYTES = 128 * 1_024;

/**
 * Makes this process anew with the threshold set: same id, same streams, same arguments. Does nothing where it is set already, on other
 * systems than Linux, or under a parent that talks to it through a channel, which would be cut.
 */
export function returnFreedMemory(): void {
  const { execPath, execArgv, argv, env } = process;
  if (process.platform !== "linux" || env[THRESHOLD] !== undefined || process.send !== undefined) return;
  const environment = { ...env, [THRESHOLD]: String(THRESHOLD_BYTES) };
  process.execve?.(execPath, [execPath, ...execArgv, ...argv.slice(1)], environment);
}
