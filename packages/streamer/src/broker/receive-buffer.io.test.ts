import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { receive, receiveBuffer } from "./receive-buffer.ts";

const server = createServer();
let accepted: Socket;
let client: Socket;

beforeEach(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const connection = once(server, "connection");
  client = connect(typeof address === "object" && address !== null ? address.port : 0, "127.0.0.1");
  const [socket]: unknown[] = await connection;
  accepted = socket as Socket;
});
afterEach(() => {
  client.destroy();
  server.close();
});

const MESSAGE = Buffer.from(Array.from({ length: 300_000 }, (_, at) => at % 251));

/** Sends the message and ends; gives what was received until the other side knew of the end. */
async function sent(
  take: (use: (bytes: Buffer) => void) => void,
): Promise<{ received: Buffer; buffers: Set<unknown> }> {
  const parts: Buffer[] = [];
  const buffers = new Set<unknown>();
  take((bytes) => {
    parts.push(Buffer.from(bytes));
    buffers.add(bytes.buffer);
  });
  const closed = once(accepted, "close");
  client.end(MESSAGE);
  await closed;
  return { received: Buffer.concat(parts), buffers };
}

describe("receive", () => {
  it("reads an accepted socket into the given memory alone, also after a pause, and ends with it", async () => {
    const buffer = receiveBuffer();
    let calls = 0;
    let heardBytes = 0;
    const { buffers, received } = await sent((use) => {
      const lent = receive(accepted, buffer, (bytes) => {
        use(bytes);
        calls += 1;
        if (calls > 2) return;
        accepted.pause();
        setImmediate(() => accepted.resume());
      });
      // Where this fails, Node has moved what `receive` looks for: the broker goes on, at a third more of processor time.
      expect(lent).toBe(true);
      accepted.prependListener("data", (bytes: Buffer) => (heardBytes += bytes.length));
    });
    // Others may listen, too.
    expect(heardBytes).toBe(MESSAGE.length);
    expect(received.equals(MESSAGE)).toBe(true);
    expect([...buffers]).toEqual([buffer.buffer]);
  });

  it("reads as usual where a socket does not have the fields", async () => {
    const handle: unknown = Reflect.get(accepted, "_handle");
    Object.defineProperty(handle, "useUserBuffer", { value: undefined });
    const buffer = receiveBuffer();
    const { buffers, received } = await sent((use) => expect(receive(accepted, buffer, use)).toBe(false));
    expect(received.equals(MESSAGE)).toBe(true);
    expect(buffers.has(buffer.buffer)).toBe(false);
  });
});
