/** A gateway over fakes, for tests. */
import { ManualClock, parseConfig, seededRandom } from "@kaelix/base";

import { createGateway, type Gateway, type GatewayOptions } from "../gateway.ts";
import { gatewaySettings, type GatewaySettings } from "../settings.ts";
import { type FakeApplication, fakeApplication, fakeErrors } from "./fake-application.ts";
import { type FakeIdentity, fakeIdentity } from "./fake-identity.ts";

export interface Harness {
  readonly gateway: Gateway;
  readonly application: FakeApplication;
  readonly identity: FakeIdentity;
  readonly clock: ManualClock;
  /** Lines of the log. */
  readonly lines: { readonly level: string; readonly fields: unknown }[];
  attach(): void;
}

export interface HarnessOptions {
  readonly settings?: Partial<GatewaySettings>;
  readonly gateway?: Partial<GatewayOptions>;
  readonly spoolRoot?: string;
  readonly attached?: boolean;
}

/** Makes a gateway whose every answer is checked against the contract. */
export function harness(options: HarnessOptions = {}): Harness {
  const lines: { level: string; fields: unknown }[] = [];
  const line =
    (level: string) =>
    (fields: unknown): void => {
      lines.push({ level, fields });
    };
  const clock = new ManualClock();
  const application = fakeApplication(options.spoolRoot);
  const identity = fakeIdentity();
  const gateway = createGateway({
    settings: { ...parseConfig(gatewaySettings, {}), ...options.settings },
    describe: () => ({ version: "0.1.0", claimed: false, ready: true, steps: [] }),
    clock,
    log: { debug: line("debug"), info: line("info"), warn: line("warn"), error: line("error") },
    errorTables: [fakeErrors.table],
    random: seededRandom(1),
    checkAnswers: true,
    ...options.gateway,
  });
  const attach = (): void => gateway.attach(application, identity);
  if (options.attached !== false) attach();
  return { gateway, application, identity, clock, lines, attach };
}

/** Headers of a person who is signed in. */
export function as(number: number, headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { host: "localhost", authorization: `Bearer good-${number}`, ...headers };
}
