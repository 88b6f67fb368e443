import type * as Dns from "node:dns/promises";

import { expect, test, vi } from "vitest";

import { findSafely, isPublicAddress, pinnedTo, postSafely, problemOfUrl } from "./safe-post.ts";

/** What the name service says, one answer after the other; the last one for ever. Null: what the machine's own says. */
let answers: (readonly string[])[] | null = null;
vi.mock("node:dns/promises", async (original) => {
  const real = await original<typeof Dns>();
  const lookup = async (host: string, options: { readonly all: true }) => {
    if (answers === null) return real.lookup(host, options);
    const [addresses = [], ...later] = answers;
    if (later.length > 0) answers = later;
    return addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
  };
  return { ...real, lookup };
});

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

test("a name that leads outside once and inside later is connected to where it was looked at", async () => {
  answers = [["93.184.215.14"], ["127.0.0.1"]];
  const found = await findSafely("https://rebind.example/hook", false);
  expect(found).toMatchObject({ type: "found", address: "93.184.215.14" });
  if (found.type !== "found") return;
  // Whatever the name says by now: the connection asks nobody again.
  const connected: unknown[] = [];
  pinnedTo(found)("rebind.example", {}, (_error, address) => connected.push(address));
  pinnedTo(found)("rebind.example", { all: true }, (_error, all) => connected.push(all));
  expect(connected).toEqual(["93.184.215.14", [{ address: "93.184.215.14", family: 4 }]]);
  expect(await findSafely("https://rebind.example/hook", false)).toMatchObject({ type: "refused" });
  answers = null;
});

test.each([
  [["93.184.215.14", "127.0.0.1"]],
  [["2606:4700::1111", "::ffff:10.0.0.1"]],
  [["93.184.215.14", "fe80::1"]],
  [["169.254.169.254"]],
])("a name with one address inside among others is refused: %j", async (addresses) => {
  answers = [addresses];
  const request = { url: "https://mixed.example/hook", headers: {}, body: new Uint8Array(), allowsPrivate: false };
  expect(await postSafely(request)).toEqual({ type: "refused", why: "it leads into a private network" });
  answers = null;
});
