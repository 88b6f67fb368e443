/**
 * One buffer that all sockets of a listener are read into.
 *
 * Node reads a server's socket into 64 KiB of its own each time, which the collector must be told of and find again: under producers
 * at full speed that was a third of the broker's processor time. Reading into memory of the caller (`onread`) is offered to sockets that
 * connect and not to those that were accepted, so it is set where Node's own sockets keep it. On a Node that keeps it elsewhere, and
 * under TLS, a socket is read as usual.
 */
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";

/** As much as Node reads at once. More would be held beyond the common budget by every connection that is stopped. */
const RECEIVE_BYTES = 1 << 16;

/** The fields of Node's sockets behind `onread`: the buffer, and who is told how much of it was filled. */
interface ReceiveFields {
  readonly buffer: symbol;
  readonly callback: symbol;
}

/** Memory for one listener. */
export function receiveBuffer(): Buffer {
  return Buffer.allocUnsafeSlow(RECEIVE_BYTES);
}

/**
 * Calls a function with what a socket receives: it is a listener of "data" like any other. The bytes are a listener's only until it returns.
 * @param buffer may be shared by sockets of one thread
 * @returns whether they are read into that buffer
 */
export function receive(socket: Socket, buffer: Buffer, take: (bytes: Buffer) => void): boolean {
  socket.on("data", take);
  const fields = fieldsOf(socket);
  const handle: unknown = Reflect.get(socket, "_handle");
  const useBuffer: unknown = isObject(handle) ? Reflect.get(handle, "useUserBuffer") : undefined;
  if (fields === undefined || typeof useBuffer !== "function" || socket instanceof TLSSocket) return false;
  Reflect.set(socket, fields.buffer, buffer);
  Reflect.set(socket, fields.callback, (bytes: number) => void socket.emit("data", buffer.subarray(0, bytes)));
  Reflect.apply(useBuffer, handle, [buffer]);
  return true;
}

function fieldsOf(socket: Socket): ReceiveFields | undefined {
  let buffer: symbol | undefined;
  let callback: symbol | undefined;
  for (const symbol of Object.getOwnPropertySymbols(socket)) {
    if (symbol.description === "kBuffer") buffer = symbol;
    else if (symbol.description === "kBufferCb") callback = symbol;
  }
  return buffer === undefined || callback === undefined ? undefined : { buffer, callback };
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
