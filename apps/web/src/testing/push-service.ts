/**
 * A push service on loopback that a real Chromium subscribes at: what stands behind `--gcm-checkin-url`, `--gcm-registration-url` and
 * `--gcm-mcs-endpoint`. It checks a browser in, gives it a token, takes messages by HTTP as RFC 8030 says and hands them on as they came
 * over the browser's own connection (Chromium's google_apis/gcm: checkin.proto, mcs.proto), which then opens them with keys that never left it.
 * A browser gives its connection up and makes another when the machine is busy: what it has not had then is kept for it.
 *
 * It does not: check who sends (the signature of RFC 8292), or serve more than one browser.
 */
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo, Server } from "node:net";
import { createServer as createTlsServer, type TLSSocket } from "node:tls";

/** A message as it came in. */
export interface PushedMessage {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A push service of a test. */
export interface PushService {
  /** What Chromium must be started with. */
  readonly flags: readonly string[];
  /** Where messages for the browser are posted to. */
  readonly endpoint: string;
  readonly received: readonly PushedMessage[];
  close(): Promise<void>;
}

const TOKEN = "TOKEN-OF-THE-TEST";
const LOGIN_RESPONSE = 3;
const DATA_MESSAGE = 8;
const MCS_VERSION = 41;
const MCS_CATEGORY = "org.chromium.linux";

/** Starts one. `identity`: certificate and key for `localhost`, PEM; the browser is told to take any. */
export async function startPushService(identity: {
  readonly certificate: string;
  readonly key: string;
}): Promise<PushService> {
  const received: PushedMessage[] = [];
  /** What the browser said of itself when it registered: the page's name there, and whose messages it takes. */
  const registered = { app: "", sender: "" };
  let browser: TLSSocket | undefined;
  const web = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const body = Buffer.concat(pieces);
      if (request.url === "/checkin") return void response.end(CHECKED_IN);
      if (request.url === "/register") {
        const form = new URLSearchParams(body.toString());
        const app = form.get("X-subtype");
        if (app !== null) Object.assign(registered, { app, sender: form.get("sender") ?? "" });
        return void response.end(`token=${TOKEN}`);
      }
      if (request.url !== `/${TOKEN}`) return void response.writeHead(404).end();
      received.push({ headers: request.headers, body });
      browser?.write(dataMessage(registered, body, received.length));
      response.writeHead(201).end();
    });
  });
  const connections = createTlsServer({ cert: identity.certificate, key: identity.key }, (socket) => {
    socket.on("error", () => undefined);
    // The first thing a browser sends is its login; all that follows are heartbeats and receipts, which nothing here waits for.
    socket.once("data", (login) => {
      browser = socket;
      socket.write(Buffer.concat([Buffer.of(MCS_VERSION), framed(LOGIN_RESPONSE, bytes(1, "login"))]));
      // A login names the messages that the browser has had.
      for (const [at, { body }] of received.entries())
        if (!login.includes(messageId(at + 1))) socket.write(dataMessage(registered, body, at + 1));
    });
  });
  connections.on("tlsClientError", () => undefined);
  const [webPort, mcsPort] = await Promise.all([listen(web), listen(connections)]);
  const origin = `http://127.0.0.1:${webPort}`;
  return {
    flags: [
      `--gcm-checkin-url=${origin}/checkin`,
      `--gcm-registration-url=${origin}/register`,
      `--gcm-mcs-endpoint=https://localhost:${mcsPort}`,
      "--ignore-certificate-errors",
    ],
    endpoint: `${origin}/${TOKEN}`,
    received,
    close: async () => {
      browser?.destroy();
      web.closeAllConnections();
      await Promise.all([web, connections].map((server) => new Promise((closed) => server.close(closed))));
    },
  };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", () => listening()));
  // A server that listens at a port of TCP has an address of this shape.
  return (server.address() as AddressInfo).port;
}

// What is below writes Protocol Buffers: a field is its number and kind, then its value.

function varint(value: number): Buffer {
  const units: number[] = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) return Buffer.from([...units, left]);
    units.push((left % 128) + 128);
  }
}

function whole(field: number, value: number): Buffer {
  return Buffer.concat([varint(field * 8), varint(value)]);
}

function fixed64(field: number, value: bigint): Buffer {
  const held = Buffer.alloc(8);
  held.writeBigUInt64LE(value);
  return Buffer.concat([varint(field * 8 + 1), held]);
}

function bytes(field: number, value: string | Buffer): Buffer {
  const held = Buffer.from(value);
  return Buffer.concat([varint(field * 8 + 2), varint(held.length), held]);
}

/** AndroidCheckinResponse: it is well, the time, the device's number and its secret. */
const CHECKED_IN = Buffer.concat([whole(1, 1), whole(3, Date.now()), fixed64(7, 4_711n), fixed64(8, 1_174n)]);

function framed(tag: number, message: Buffer): Buffer {
  return Buffer.concat([Buffer.of(tag), varint(message.length), message]);
}

function messageId(n: number): string {
  return `message-${n}.`;
}

/** DataMessageStanza: from whom, for which page, how it is sealed, and the sealed bytes as they came. */
function dataMessage(
  { app, sender }: { readonly app: string; readonly sender: string },
  body: Buffer,
  n: number,
): Buffer {
  const property = (key: string, value: string): Buffer => bytes(7, Buffer.concat([bytes(1, key), bytes(2, value)]));
  return framed(
    DATA_MESSAGE,
    Buffer.concat([
      bytes(3, sender),
      bytes(5, MCS_CATEGORY),
      property("subtype", app),
      property("content-encoding", "aes128gcm"),
      bytes(9, messageId(n)),
      bytes(21, body),
    ]),
  );
}
