import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, expect, test } from "vitest";

import { harness } from "./testing/harness.ts";

const root = mkdtempSync(join(tmpdir(), "kaelix-uploads-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const made = harness({ spoolRoot: root, settings: { uploadBytesMax: 200_000 } });
const { url, port } = await made.gateway.listen({ host: "127.0.0.1", port: 0 });
afterAll(() => made.gateway.close());

const send = (form: FormData): Promise<Response> =>
  fetch(`${url}/api/v1/imports`, { method: "POST", headers: { authorization: "Bearer good-1" }, body: form });

function formOf(field: string, text: string, name: string): FormData {
  const form = new FormData();
  form.set(field, new Blob([text]), name);
  return form;
}

const spools = (): string[] =>
  readdirSync(root, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith("upload"));

test("a file is streamed to the disk under a name of ours and shown without its path", async () => {
  const answer = await send(formOf("file", "one\ntwo", "../../etc/chat export.txt"));
  expect(answer.status).toBe(201);
  expect(await answer.json()).toMatchObject({ file: "chat export.txt", bytes_total: 7, total: 2 });
});

test("a form without the file is 400 upload-missing", async () => {
  for (const form of [formOf("other", "a", "a.txt"), new FormData()]) {
    const answer = await send(form);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: "upload-missing" });
  }
});

test("a file above the limit is 413 and leaves nothing behind", async () => {
  const answer = await send(formOf("file", "x".repeat(300_000), "big.txt"));
  expect(answer.status).toBe(413);
  expect(await answer.json()).toMatchObject({ code: "body-too-large" });
  expect(spools()).toEqual([]);
});

test("an upload that breaks off leaves nothing behind", async () => {
  const head = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n';
  const request = httpRequest({
    port,
    host: "127.0.0.1",
    method: "POST",
    path: "/api/v1/imports",
    headers: {
      authorization: "Bearer good-1",
      "content-type": "multipart/form-data; boundary=b",
      "content-length": "100000",
    },
  });
  request.on("error", () => undefined);
  request.write(head + "x".repeat(50_000));
  await expect.poll(() => spools().length).toBe(1);
  request.destroy();
  await expect.poll(() => spools().length).toBe(0);
});

test("a form without a boundary is 400", async () => {
  const answer = await fetch(`${url}/api/v1/imports`, {
    method: "POST",
    headers: { authorization: "Bearer good-1", "content-type": "multipart/form-data" },
    body: "hello",
  });
  expect(answer.status).toBe(400);
});

test("multipart that is cut in the middle of a part is a problem, not a crash", async () => {
  const answer = await fetch(`${url}/api/v1/imports`, {
    method: "POST",
    headers: { authorization: "Bearer good-1", "content-type": "multipart/form-data; boundary=b" },
    body: '--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nhello',
  });
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ code: "upload-aborted" });
  expect(spools()).toEqual([]);
});
