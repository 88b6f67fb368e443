import { expect, test } from "vitest";

import { as, harness } from "./testing/harness.ts";

const MEMORIES = "/api/v1/memories";

test("a memory is told, read and listed", async () => {
  const { gateway } = harness();
  const told = await gateway.fastify.inject({
    method: "POST",
    url: MEMORIES,
    headers: as(1),
    payload: { text: "The roof was mended in May" },
  });
  expect(told.statusCode, told.body).toBe(201);
  expect(told.headers).toMatchObject({ etag: '"1"', "kaelix-position": "memories/0/1", "cache-control": "no-store" });
  const { id } = told.json<{ memory: { id: string } }>().memory;
  const read = await gateway.fastify.inject({ url: `${MEMORIES}/${id}`, headers: as(1) });
  expect(read.json()).toMatchObject({ id, text: "The roof was mended in May", source: "rest", version: 1 });
  const listed = await gateway.fastify.inject({ url: MEMORIES, headers: as(1) });
  expect(listed.json()).toMatchObject({ data: [{ id }], page: { next: null, prev: null } });
  await gateway.close();
});
