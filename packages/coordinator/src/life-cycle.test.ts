import { ManualClock } from "@kaelix/base";
import { expect, test } from "vitest";

import { LifeCycle, type Service } from "./life-cycle.ts";

function recorder(names: readonly string[], failing?: string): { events: string[]; lifeCycle: LifeCycle } {
  const events: string[] = [];
  const lifeCycle = new LifeCycle(new ManualClock(), () => undefined);
  for (const [index, name] of names.entries()) {
    const service: Service = {
      name,
      dependsOn: index === 0 ? [] : [names[index - 1] ?? ""],
      start: async (report) => {
        report(0.5, "half");
        if (name === failing) throw new Error(`${name} is broken`);
        events.push(`start ${name}`);
      },
      stop: async () => {
        events.push(`stop ${name}`);
        if (name === "drain fails") throw new Error("drain");
      },
    };
    lifeCycle.register(service);
  }
  return { events, lifeCycle };
}

test("LifeCycle starts in order and stops in reverse", async () => {
  const { events, lifeCycle } = recorder(["log", "database", "web"]);
  await lifeCycle.start();
  expect(lifeCycle.isReady()).toBe(true);
  expect(await lifeCycle.stop()).toEqual([]);
  expect(events).toEqual(["start log", "start database", "start web", "stop web", "stop database", "stop log"]);
});

test("LifeCycle stops what had started when a service fails, and throws the failure", async () => {
  const { events, lifeCycle } = recorder(["log", "database", "web"], "database");
  await expect(lifeCycle.start()).rejects.toThrow("database is broken");
  expect(events).toEqual(["start log", "stop log"]);
  expect(lifeCycle.steps().map((step) => step.state)).toEqual(["done", "failed", "waiting"]);
});

test("LifeCycle lets the others drain when one cannot, and stops once", async () => {
  const { events, lifeCycle } = recorder(["log", "drain fails"]);
  await lifeCycle.start();
  const failures = await lifeCycle.stop();
  await lifeCycle.stop();
  expect(failures.map((failure) => failure.message)).toEqual(["drain"]);
  expect(events.filter((event) => event === "stop log")).toHaveLength(1);
});

test("LifeCycle refuses a service whose dependency is unknown", () => {
  const { lifeCycle } = recorder([]);
  const orphan: Service = {
    name: "web",
    dependsOn: ["log"],
    start: async () => undefined,
    stop: async () => undefined,
  };
  expect(() => lifeCycle.register(orphan)).toThrow("needs log");
});
