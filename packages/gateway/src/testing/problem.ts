import { expect } from "vitest";

import type { Harness } from "./harness.ts";

type Injected = Awaited<ReturnType<Harness["gateway"]["fastify"]["inject"]>>;

/** Expects a problem document of one code, whole and consistent with its response. */
export function expectProblem(response: Injected, status: number, code: string): Record<string, unknown> {
  expect(response.statusCode, response.body).toBe(status);
  expect(response.headers["content-type"]).toBe("application/problem+json; charset=utf-8");
  expect(response.headers["cache-control"]).toBe("no-store");
  const document = response.json<Record<string, unknown>>();
  expect(document).toMatchObject({ type: `/problems/${code}`, code, status });
  expect(document["trace_id"]).toBe(response.headers["kaelix-trace-id"]);
  expect(document["trace_id"]).toMatch(/^[0-9a-f]{32}$/);
  expect(typeof document["title"] === "string" && typeof document["detail"] === "string").toBe(true);
  return document;
}
