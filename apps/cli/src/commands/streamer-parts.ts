/** Parts of `kaelix streamer`: ports, interceptors and the page for metrics. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { resolve } from "node:path";

import type { startBroker } from "@kaelix/streamer";

import { CommandFailure, EXIT } from "../exit.ts";

type Broker = Awaited<ReturnType<typeof startBroker>>;
type InterceptorSpecs = NonNullable<Parameters<typeof startBroker>[0]["interceptors"]>;

const INTERCEPTOR_SHAPE = /^([A-Za-z0-9._-]{1,64})=([^,]+)((?:,[^,=]+=[^,]*)*)$/;
const PORT_MAX = 65_535;

/** A port as it was given. @throws CommandFailure */
export function parsePort(option: string, text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= PORT_MAX) return port;
  throw new CommandFailure(EXIT.usage, `Cannot use ${option}: "${text}" must be 0 to ${PORT_MAX}`);
}

/** Interceptors given as `name=file[,key=value…]`. @throws CommandFailure */
export function parseInterceptors(given: readonly string[]): InterceptorSpecs {
  return given.map((text) => {
    const [, name, file, settings] = INTERCEPTOR_SHAPE.exec(text) ?? [];
    if (name === undefined || file === undefined || settings === undefined) {
      throw new CommandFailure(
        EXIT.usage,
        `Cannot use --interceptor: "${text}" must be written as name=file or name=file,key=value`,
      );
    }
    const pairs = settings.split(",").slice(1);
    return {
      name,
      module: resolve(file),
      settings: Object.fromEntries(
        pairs.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]),
      ),
    };
  });
}

/** Reloads every interceptor, also one that was given up. Tells what became of each. */
export async function reloadInterceptors({ interceptors }: Broker, tell: (text: string) => void): Promise<void> {
  for (const { name } of interceptors.list()) {
    try {
      await interceptors.reload(name);
      tell(`Interceptor ${name} is loaded anew`);
    } catch (error) {
      tell(`Interceptor ${name} cannot be loaded: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

/** Serves `GET /metrics` of a broker, as Prometheus reads it. @throws CommandFailure when nobody can listen there */
export async function serveMetrics(
  broker: Broker,
  host: string,
  port: number,
): Promise<{ url: string; close(): void }> {
  const server = createServer((request, response) => {
    if (request.method !== "GET" || request.url !== "/metrics") {
      response.writeHead(404, { "content-type": "text/plain" }).end("Metrics are at /metrics\n");
      return;
    }
    broker.prometheus().then(
      (text) => response.writeHead(200, { "content-type": "text/plain; version=0.0.4; charset=utf-8" }).end(text),
      (error: unknown) => response.writeHead(500, { "content-type": "text/plain" }).end(`${String(error)}\n`),
    );
  });
  await listen(server, host, port);
  // An address of TCP, not a pipe's name.
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${bound}/metrics`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolved, rejected) => {
    server.once("error", (error) =>
      rejected(new CommandFailure(EXIT.failed, `Cannot listen for metrics on ${host}:${port}: ${error.message}`)),
    );
    server.listen(port, host, resolved);
  });
}
