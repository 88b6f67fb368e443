import { describe, expect, test } from "vitest";

import type { AppendEvent } from "./contract.ts";
import { Interceptors } from "./interceptors.ts";

const event: AppendEvent = { topic: "t", partition: 0, batch: new Uint8Array([1]), recordCount: 1 };

describe("Interceptors in the process", () => {
  test("answer at once, in the order they were loaded, each seeing what the one before made", async () => {
    const interceptors = new Interceptors();
    const seen: number[] = [];
    for (const mark of [1, 2]) {
      await interceptors.load({
        name: `mark${mark}`,
        interceptor: {
          onAppend: ({ batch }) => {
            seen.push(batch.length);
            return { batch: new Uint8Array([...batch, mark]) };
          },
        },
      });
    }
    expect(interceptors.run("onAppend", event)).toEqual({ batch: new Uint8Array([1, 1, 2]) });
    expect(seen).toEqual([1, 2]);
    expect(interceptors.run("onFetch", { topic: "t", partition: 0, offset: 0, bytes: 1 })).toBeUndefined();
  });

  test("a rejection ends the chain and names who rejected", async () => {
    const interceptors = new Interceptors();
    await interceptors.load({ name: "guard", interceptor: { onCommit: () => ({ reject: "Not today" }) } });
    await interceptors.load({ name: "after", interceptor: { onCommit: () => undefined } });
    const outcome = interceptors.run("onCommit", { group: "g", topic: "t", partition: 0, offset: 5 });
    expect(outcome).toEqual({ reject: "Not today", by: "guard" });
    expect(interceptors.list()).toMatchObject([{ calls: 1, rejections: 1 }, { calls: 0 }]);
  });

  test("one that throws is named and stepped over until it is started again", async () => {
    const interceptors = new Interceptors();
    let broken = true;
    await interceptors.load({
      name: "shaky",
      interceptor: {
        onAppend: () => {
          if (broken) throw new TypeError("No such field");
          return { reject: "seen" };
        },
      },
    });
    expect(interceptors.run("onAppend", event)).toBeUndefined();
    expect(interceptors.run("onAppend", event)).toBeUndefined();
    expect(interceptors.list()).toMatchObject([{ state: "faulty", faults: 1, fault: "TypeError: No such field" }]);
    broken = false;
    await interceptors.start("shaky");
    expect(interceptors.run("onAppend", event)).toEqual({ reject: "seen", by: "shaky" });
  });

  test("start, stop and reload call the module's own in order", async () => {
    const interceptors = new Interceptors();
    const calls: string[] = [];
    await interceptors.load({
      name: "life",
      settings: { color: "red" },
      interceptor: { start: ({ color }) => calls.push(`start ${color}`), stop: () => calls.push("stop") },
    });
    await interceptors.reload("life");
    await interceptors.unload("life");
    expect(calls).toEqual(["start red", "stop", "start red", "stop"]);
    expect(interceptors.list()).toEqual([]);
  });

  test("refuses a second of the same name, one without code, and an unknown name", async () => {
    const interceptors = new Interceptors();
    await interceptors.load({ name: "a", interceptor: {} });
    await expect(interceptors.load({ name: "a", interceptor: {} })).rejects.toMatchObject({
      code: "interceptor-exists",
    });
    await expect(interceptors.load({ name: "b" })).rejects.toMatchObject({ code: "interceptor-invalid" });
    await expect(interceptors.stop("c")).rejects.toMatchObject({ code: "interceptor-missing" });
  });
});
