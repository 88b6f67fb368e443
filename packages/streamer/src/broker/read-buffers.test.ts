import { describe, expect, it } from "vitest";

import { ReadBuffers } from "./read-buffers.ts";

const MEBIBYTE = 2 ** 20;

describe("Buffers that are read into", () => {
  it("are used again once they are released, and not before", () => {
    const buffers = new ReadBuffers();
    const first = buffers.lease();
    const one = first.allocate(MEBIBYTE);
    const two = buffers.lease().allocate(MEBIBYTE);
    expect(two.buffer).not.toBe(one.buffer);
    first.release();
    first.release();
    const lease = buffers.lease();
    expect(lease.allocate(MEBIBYTE - 5).buffer).toBe(one.buffer);
    expect(lease.allocate(MEBIBYTE).buffer).not.toBe(one.buffer);
  });

  it("are as long as was asked for", () => {
    const lease = new ReadBuffers().lease();
    for (const bytes of [1, 65_535, 65_536, 65_537, MEBIBYTE, 5 * MEBIBYTE]) {
      const given = lease.allocate(bytes);
      expect(given).toHaveLength(bytes);
      // A Buffer's `slice` shares memory where a Uint8Array's copies.
      expect(Buffer.isBuffer(given)).toBe(false);
    }
  });

  it("are kept within a bound, and small ones not at all", () => {
    const buffers = new ReadBuffers();
    const lease = buffers.lease();
    lease.allocate(1000);
    expect(lease.used).toBe(false);
    for (let at = 0; at < 100; at += 1) lease.allocate(MEBIBYTE);
    expect(lease.used).toBe(true);
    lease.release();
    expect(buffers.idleBytes).toBe(16 * MEBIBYTE);
  });
});
