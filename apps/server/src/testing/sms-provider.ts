/** A provider of SMS on loopback that keeps what it is posted. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A message as it came in. */
interface ReceivedSms {
  readonly path: string;
  readonly authorization: string;
  readonly body: string;
}

/** A provider of a test. */
export interface SmsProvider {
  readonly port: number;
  readonly received: readonly ReceivedSms[];
  /** What it answers with; 307 sends to itself. */
  status: number;
  close(): Promise<void>;
}

/** Starts one; it takes everything. */
export async function startSmsProvider(): Promise<SmsProvider> {
  const received: ReceivedSms[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { authorization = "" } = request.headers;
      received.push({ path: request.url ?? "", authorization, body: Buffer.concat(chunks).toString() });
      response.writeHead(provider.status, provider.status === 307 ? { location: "/elsewhere" } : {}).end("{}");
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const provider: SmsProvider = {
    port: (server.address() as AddressInfo).port,
    received,
    status: 201,
    close: () => new Promise((closed) => server.close(() => closed())),
  };
  return provider;
}
