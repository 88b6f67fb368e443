import type { Statement } from "../database.ts";

/** What the worker and its client say to each other: settings first, then arrays of calls and of answers, several per message. */

/** The first message to a worker: what it is to open. */
export interface WorkerSettings {
  /** Absent: the database lives in memory. */
  readonly directory?: string;
  /** Archive of a data directory to begin with; only for an absent or empty directory. */
  readonly archive?: string;
}

/** One call. */
export type WorkerRequest =
  | { readonly id: number; readonly type: "query"; readonly sql: string; readonly parameters: readonly unknown[] }
  | {
      readonly id: number;
      readonly type: "commit";
      readonly guard: Statement;
      readonly statements: readonly Statement[];
    }
  | { readonly id: number; readonly type: "archive"; readonly path: string }
  | { readonly id: number; readonly type: "copy"; readonly path: string }
  | { readonly id: number; readonly type: "close" };

/** One answer. `sqlState` is PostgreSQL's error code; messages leave out the detail line, which quotes values. */
export type WorkerReply =
  | { readonly id: number; readonly type: "rows"; readonly rows: unknown[]; readonly affectedRows: number | undefined }
  | { readonly id: number; readonly type: "done" }
  | { readonly id: number; readonly type: "overtaken" }
  | { readonly id: number; readonly type: "failed"; readonly message: string; readonly sqlState: string | undefined };

/** The first message of a worker: it is open, or could not be. */
export type WorkerGreeting = { readonly type: "ready" } | { readonly type: "unopened"; readonly message: string };
