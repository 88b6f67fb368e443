/**
 * The routes that are called here. Written out, so that no schema is taken along into a page or an app; the compiler holds every line
 * against the contract.
 */
import type { RouteName, Routes } from "@kaelix/contract";
import { type Calls, createCalls } from "@kaelix/contract/calls";

type Facts<Name extends RouteName> = Pick<Routes[Name], "method" | "path" | "action"> & {
  readonly success: Pick<Routes[Name]["success"], "type">;
};

const json = { type: "json" } as const;
const read = { method: "GET", success: json } as const;
const post = { method: "POST", success: json } as const;

const TABLE = {
  "memories.create": { ...post, path: "/api/v1/memories", action: "memory.create" },
  "memories.list": { ...read, path: "/api/v1/memories", action: "memory.list" },
  "memories.read": { ...read, path: "/api/v1/memories/{id}", action: "memory.read" },
  "memories.edit": { method: "PATCH", success: json, path: "/api/v1/memories/{id}", action: "memory.edit" },
  "memories.forget": {
    method: "DELETE",
    success: { type: "empty" },
    path: "/api/v1/memories/{id}",
    action: "memory.forget",
  },
  "memories.versions": { ...read, path: "/api/v1/memories/{id}/versions", action: "memory.read" },
  "memories.restore": { ...post, path: "/api/v1/memories/{id}/restore", action: "memory.forget" },
  "people.list": { ...read, path: "/api/v1/people", action: "people.read" },
  "people.read": { ...read, path: "/api/v1/people/{id}", action: "people.read" },
  "digests.read": { ...read, path: "/api/v1/digests/{day}", action: "digest.read" },
  "searches.run": { ...post, path: "/api/v1/searches", action: "memory.search" },
  "answers.ask": { ...post, path: "/api/v1/answers", action: "memory.ask" },
  "files.upload": { ...post, path: "/api/v1/files", action: "memory.create" },
  "files.read": {
    method: "GET",
    success: { type: "text" },
    path: "/api/v1/memories/{id}/files/{file}",
    action: "memory.read",
  },
  "imports.upload": { ...post, path: "/api/v1/imports", action: "import.create" },
  "imports.read": { ...read, path: "/api/v1/imports/{id}", action: "import.list" },
  "imports.open": { ...post, path: "/api/v1/imports/{id}/open", action: "import.create" },
  "imports.start": { ...post, path: "/api/v1/imports/{id}/start", action: "import.create" },
  "imports.cancel": { ...post, path: "/api/v1/imports/{id}/cancel", action: "import.create" },
  "imports.undo": { ...post, path: "/api/v1/imports/{id}/undo", action: "import.undo" },
  "events.follow": { method: "GET", success: { type: "events" }, path: "/api/v1/events", action: "events.follow" },
} as const;

/** The routes by name. */
type Used = keyof typeof TABLE;

const CHECKED: { readonly [Name in Used]: Facts<Name> } = TABLE;

/** Where and as whom calls are made. */
export interface CallsParts {
  readonly baseUrl: string;
  readonly apiKey: () => string;
  readonly fetch: typeof fetch;
}

/** The typed client of these routes. */
export function callsOf({ apiKey, baseUrl, fetch }: CallsParts): Calls<Used> {
  return createCalls<Used>(CHECKED, { baseUrl, accessToken: apiKey, fetch });
}
