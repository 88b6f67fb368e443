/** Sends produce requests to a broker as fast as it answers, in a process of its own: `node load.ts HOST PORT REQUESTS`. */
import { once } from "node:events";
import { connect } from "node:net";

import { encodeText } from "@kaelix/base";
import { APIS, encodeRecordBatch, WireWriter } from "@kaelix/protocol";
import { encodeProduceRequest } from "@kaelix/protocol/messages";

const VERSION = 9;
const WINDOW = 32;
const LENGTH_BYTES = 4;

const [host = "", port = "", requests = ""] = process.argv.slice(2);
const socket = connect({ host, port: Number(port), noDelay: true });
await once(socket, "connect");
const frame = produceFrame();
let left = Number(requests);
let sent = 0;
let buffered: Buffer = Buffer.alloc(0);
const send = (): void => {
  if (sent >= Number(requests)) return;
  sent += 1;
  socket.write(frame);
};
socket.on("data", (data: Buffer) => {
  buffered = buffered.length === 0 ? data : Buffer.concat([buffered, data]);
  while (buffered.length >= LENGTH_BYTES) {
    const end = LENGTH_BYTES + buffered.readInt32BE(0);
    if (buffered.length < end) break;
    buffered = buffered.subarray(end);
    left -= 1;
    send();
  }
  if (left === 0) socket.end();
});
for (let at = 0; at < WINDOW; at += 1) send();
await once(socket, "close");
if (left > 0) throw new Error(`The broker closed with ${left} requests unanswered`);

/** Ten records of 100 bytes, acks=1. */
function produceFrame(): Buffer {
  const records = encodeRecordBatch(
    Array.from({ length: 10 }, () => ({
      key: null,
      value: encodeText("x".repeat(100)),
      timestampMs: 1_700_000_000_000,
    })),
  );
  const writer = new WireWriter();
  writer.beginFrame();
  writer.int16(APIS.Produce.key);
  writer.int16(VERSION);
  writer.int32(1);
  writer.nullableString("load", false);
  writer.uvarint(0);
  const topicData = [{ name: "t", partitionData: [{ index: 0, records }] }];
  encodeProduceRequest(writer, VERSION, { acks: 1, timeoutMs: 1000, topicData });
  return Buffer.concat(writer.endFrame());
}
