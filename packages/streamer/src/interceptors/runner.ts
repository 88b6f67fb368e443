/**
 * The process of one isolated interceptor. It is started under Node's permission model: it may read its own module's folder and nothing
 * else, start nothing and write nothing. It answers hooks in the order they come; who started it bounds its time and memory.
 */
import type { HookEvents, Hook, Interceptor } from "./contract.ts";

/** What the process is told. */
export type RunnerRequest =
  | { readonly type: "start"; readonly module: string; readonly settings: Readonly<Record<string, string>> }
  | { readonly type: "call"; readonly id: number; readonly hook: Hook; readonly event: HookEvents[Hook] }
  | { readonly type: "stop" };

/** What it answers. */
export type RunnerAnswer =
  | { readonly type: "started"; readonly hooks: readonly Hook[] }
  | { readonly type: "failed"; readonly message: string }
  | { readonly type: "verdict"; readonly id: number; readonly verdict: unknown }
  | { readonly type: "fault"; readonly id: number; readonly message: string };

let interceptor: Interceptor = {};

function answer(message: RunnerAnswer): void {
  process.send?.(message);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

async function start(module: string, settings: Readonly<Record<string, string>>): Promise<void> {
  const loaded: unknown = await import(module);
  const exported: unknown =
    typeof loaded === "object" && loaded !== null && "interceptor" in loaded ? loaded.interceptor : undefined;
  if (typeof exported !== "object" || exported === null) {
    answer({ type: "failed", message: "The module exports no object named interceptor" });
    return;
  }
  // Its hooks are called by name below; one that is not a function faults then.
  interceptor = exported;
  interceptor.start?.(settings);
  const hooks = (["onAppend", "onFetch", "onCommit"] as const).filter((hook) => interceptor[hook] !== undefined);
  answer({ type: "started", hooks });
}

async function call(id: number, hook: Hook, event: HookEvents[Hook]): Promise<void> {
  try {
    // The event is the hook's own: both come from one message.
    const verdict: unknown = await (interceptor[hook] as ((event: HookEvents[Hook]) => unknown) | undefined)?.(event);
    answer({ type: "verdict", id, verdict });
  } catch (error) {
    answer({ type: "fault", id, message: messageOf(error) });
  }
}

process.on("message", (message: RunnerRequest) => {
  if (message.type === "call") void call(message.id, message.hook, message.event);
  else if (message.type === "stop") {
    interceptor.stop?.();
    process.disconnect?.();
  } else {
    start(message.module, message.settings).catch((error: unknown) => {
      answer({ type: "failed", message: messageOf(error) });
    });
  }
});
// Whoever started it is gone.
process.on("disconnect", () => process.exit(0));
