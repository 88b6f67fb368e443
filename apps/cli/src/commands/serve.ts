import { styleText } from "node:util";

import { type ListeningNews, startServer } from "@kaelix/server";

import { CommandFailure, EXIT } from "../exit.ts";
import { bar, type OutputOptions } from "../output.ts";
import { stopSignal } from "../stop-signal.ts";

const PORT_MAX = 65_535;

/** Options of `serve`. */
export interface ServeOptions extends OutputOptions {
  readonly data?: string;
  readonly host?: string;
  readonly port?: string;
  readonly tls?: boolean;
}

/** `kaelix serve`: starts the house, shows how far it is, prints one URL, runs until it is told to stop. */
export async function serve(options: ServeOptions): Promise<number> {
  const shown = new Map<string, string>();
  const isTerminal = process.stderr.isTTY && options.quiet !== true;
  let isOpen = false;
  const stopped = stopSignal(() => {
    if (!isOpen) line("Stopping as soon as it is open. Ctrl+C again ends it at once; nothing is lost.", options);
  });
  const server = await startServer({
    ...(options.data === undefined ? {} : { dataDirectory: options.data }),
    ...(options.host === undefined ? {} : { host: options.host }),
    ...(options.port === undefined ? {} : { port: portOf(options.port) }),
    ...(options.tls === undefined ? {} : { tls: options.tls }),
    onListening: (listening) => {
      line(`kaelix ${listening.version} · data ${listening.dataDirectory} · node ${process.versions.node}`, options);
      if (listening.portTaken !== undefined)
        line(`Port ${listening.portTaken} is taken, so it is ${listening.port}`, options);
      line(`Open  ${styleText("bold", listening.openUrl)}`, options);
      line(reachWords(listening), options);
      if (listening.tls?.type === "own") {
        line(`Devices trust it once they have installed ${listening.tls.path}`, options);
        line(`SHA-256 ${listening.tls.fingerprint}`, options);
      }
    },
    onSteps: (steps) => {
      for (const step of steps) {
        const seconds = step.tookMs === null ? "" : `${(step.tookMs / 1_000).toFixed(1)} s`;
        if (step.state === "running" && isTerminal) {
          process.stderr.write(`\r\u001B[2K  ${bar(step.progress)} ${step.name}  ${step.detail ?? ""}`);
        }
        if ((step.state === "done" || step.state === "failed") && shown.get(step.name) !== step.state) {
          shown.set(step.name, step.state);
          if (isTerminal) process.stderr.write("\r\u001B[2K");
          line(`  ${step.state === "done" ? "✔" : "✘"} ${step.name.padEnd(12)} ${seconds}`, options);
        }
      }
    },
    onNotice: (notice) => line(notice, options),
  });
  isOpen = true;
  line("Ready. Ctrl+C stops it; nothing is lost.", options);
  await stopped;
  line("Stopping…", options);
  const failures = await server.close();
  for (const failure of failures) line(failure.message, options);
  return failures.length === 0 ? EXIT.ok : EXIT.failed;
}

function reachWords({ isLoopback, tls }: ListeningNews): string {
  if (isLoopback) return "Only this machine can reach it. --host to change.";
  return tls === null
    ? "Other machines on the network can reach it, without encryption: use it only where you trust the network, or add --tls."
    : "Other machines on the network can reach it, encrypted (TLS 1.3).";
}

function portOf(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= PORT_MAX) return Number(text);
  throw new CommandFailure(
    EXIT.usage,
    `Cannot use --port: current value is ${text === "" ? "empty" : text}, must be a whole number from 0 to ${PORT_MAX}`,
  );
}

function line(text: string, options: OutputOptions): void {
  if (options.quiet !== true) process.stderr.write(`${text}\n`);
}
