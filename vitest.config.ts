import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const roots = ["packages/*/src/**", "packages/*/training/**", "apps/*/src/**", "tools/**", "bench/**"];
const withSuffix = (suffix: string): string[] =>
  roots.flatMap((root) => [`${root}/*.${suffix}.ts`, `${root}/*.${suffix}.tsx`]);
const needy = ["io", "svc", "e2e"].flatMap((need) => withSuffix(`${need}.test`));

/** How often what is waited for is looked at, and a bound against hanging, as every bound in time here: machines are busy. */
const poll = { interval: 20, timeout: 60_000 };

/** Files that take long though they are a few lines, which play a suite of elsewhere: by size alone they would run alone at the end. */
const LONG = [
  "apps/web/src/testing/journey.e2e.test.ts",
  "packages/streamer/src/clients/npm-clients.svc.test.ts",
  "bench/schemathesis/schemathesis.svc.test.ts",
  "packages/streamer/src/clients/kafka-python.svc.test.ts",
  "packages/log/src/kafka-log-failover.svc.test.ts",
  "packages/streamer/src/clients/java-client.svc.test.ts",
  "bench/xss/xss.e2e.test.ts",
  "apps/cli/src/push.e2e.test.ts",
  "bench/boundary/boundary.io.test.ts",
];

/** Vitest's own order, by the times of the last run or else by size, behind the files that are known to take long. */
class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification): boolean => LONG.some((path) => moduleId.endsWith(path));
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

// The suffix of a test says what it needs; one project per need.
export default defineConfig({
  test: {
    // Real servers are given the time to end.
    teardownTimeout: 40_000,
    sequence: { sequencer: LongFirst },
    projects: [
      // Pure tests share a module registry: they have nothing to keep apart, and loading everything 55 times takes longer than running it.
      {
        test: {
          name: "pure",
          include: withSuffix("test"),
          exclude: [...needy, "**/node_modules/**"],
          isolate: false,
          // Loaded by Node itself, as the product is: nothing is transformed twice, and what Node cannot strip is found out.
          experimental: { viteModuleRunner: false },
          expect: { poll },
          testTimeout: 120_000,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: "io",
          include: withSuffix("io.test"),
          setupFiles: "tools/hold-database.ts",
          experimental: { viteModuleRunner: false },
          expect: { poll },
          // Most of these start processes and databases, some a dozen one after the other: on a busy machine each takes seconds.
          testTimeout: 400_000,
          hookTimeout: 400_000,
          // Three on two cores: a third of their time they wait for disks, sockets and processes.
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: "svc",
          include: withSuffix("svc.test"),
          globalSetup: "tools/services/stop-after-tests.ts",
          expect: { poll },
          testTimeout: 120_000,
          // The first who asks for a server installs it.
          hookTimeout: 480_000,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: "e2e",
          include: withSuffix("e2e.test"),
          expect: { poll },
          testTimeout: 180_000,
          hookTimeout: 180_000,
          maxWorkers: 2,
          // Of the tests of a file that say they may run side by side.
          maxConcurrency: 3,
        },
      },
    ],
  },
});
