/**
 * A crowd of clients in a process of its own: `node crowd.ts COUNT HOST PORT BYTES`. Each sends the bytes (base64) once and reads nothing.
 *
 * Both ends in one process would be more files than it may open. Says "ready" when all have sent; ends when its standard input does.
 */
import { once } from "node:events";
import { connect } from "node:net";

const AT_ONCE = 50;
const [count = "0", host = "127.0.0.1", port = "0", bytes = ""] = process.argv.slice(2);
const sent = Buffer.from(bytes, "base64");
let left = Number(count);

async function connectSome(): Promise<void> {
  while (left > 0) {
    left -= 1;
    const socket = connect(Number(port), host);
    await once(socket, "connect");
    socket.pause();
    // The broker may close who does not move; that is what it is for.
    socket.on("error", () => undefined);
    if (sent.length > 0) socket.write(sent);
  }
}

await Promise.all(Array.from({ length: AT_ONCE }, connectSome));
process.stdout.write("ready\n");
process.stdin.resume().on("end", () => process.exit(0));
