import { expect, test } from "vitest";

import { isPublicAddress, postSafely, problemOfUrl } from "./safe-post.ts";

test.each([
  ["127.0.0.1", false],
  ["10.1.2.3", false],
  ["172.31.255.255", false],
  ["192.168.0.1", false],
  ["169.254.169.254", false],
  ["100.64.0.1", false],
  ["0.0.0.0", false],
  ["224.0.0.1", false],
  ["255.255.255.255", false],
  ["198.18.0.1", false],
  ["::1", false],
  ["::", false],
  ["::ffff:127.0.0.1", false],
  ["::ffff:8.8.8.8", false],
  ["64:ff9b::7f00:1", false],
  ["2002:7f00:1::", false],
  ["fe80::1", false],
  ["fc00::1", false],
  ["ff02::1", false],
  ["2001:db8::1", false],
  ["8.8.8.8", true],
  ["172.32.0.1", true],
  ["2606:4700::1111", true],
])("isPublicAddress(%s) is %s", (address, isPublic) => {
  expect(isPublicAddress(address)).toBe(isPublic);
});

test.each([
  "ftp://example.com",
  "http://example.com/hook",
  "https://user:word@example.com",
  "javascript:alert(1)",
  "example.com",
  "",
])("problemOfUrl refuses %j", (url) => {
  expect(problemOfUrl(url, false)).toBeDefined();
});

test.each([
  "https://127.0.0.1/x",
  "https://0x7f.1/x",
  "https://2130706433/x",
  "https://[::1]/x",
  "https://[::ffff:127.0.0.1]/x",
  "https://169.254.169.254/latest",
  "https://localhost/x",
])("postSafely sends nothing to %s", async (url) => {
  const outcome = await postSafely({ url, headers: {}, body: new Uint8Array(), allowsPrivate: false });
  expect(outcome).toEqual({ type: "refused", why: "it leads into a private network" });
});
