import { seededRandom } from "@kaelix/base";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

import { APIS, decodeRequestHeader, encodeRequestHeader, findApi } from "./index.ts";
import { codecOf, encodeMessage, everyCodec, type MessageKind } from "./testing/codecs.ts";
import { rewriteRequest, rewriteResponse } from "./testing/frames.ts";
import { randomMessage } from "./testing/random-message.ts";
import { WireReader } from "./wire/reader.ts";
import { WireWriter } from "./wire/writer.ts";

const SEED = Number(process.env["SEED"] ?? 20_261_121);
const REPEAT = `SEED=${SEED} npx vitest run --project pure packages/protocol/src/messages.test.ts`;

test("every message of every version comes back from its bytes as it was", () => {
  const random = seededRandom(SEED);
  for (const { codec, version } of everyCodec()) {
    for (let round = 0; round < 8; round += 1) {
      const message = randomMessage(codec.schema, codec.kind, version, random);
      const reader = new WireReader(encodeMessage(codec, version, message));
      expect(codec.decode(reader, version), `${codec.name} ${version}: ${REPEAT}`).toEqual(message);
      expect(reader.remaining, `${codec.name} ${version}`).toBe(0);
    }
  }
});

test("a request written from nothing has the defaults of the tables", () => {
  for (const { codec, version } of everyCodec()) {
    if (codec.kind !== "request") continue;
    const bytes = encodeMessage(codec, version, {});
    const message = codec.decode(new WireReader(bytes), version);
    expect(encodeMessage(codec, version, message), `${codec.name} ${version}`).toEqual(bytes);
  }
});

test("every cut of a message is refused as a bad frame", () => {
  const random = seededRandom(SEED);
  for (const { codec, version } of everyCodec()) {
    const bytes = encodeMessage(codec, version, randomMessage(codec.schema, codec.kind, version, random));
    for (let length = 0; length < Math.min(bytes.length, 60); length += 1) {
      const reader = new WireReader(bytes.subarray(0, length));
      expect(() => codec.decode(reader, version), `${codec.name} ${version}, ${length} bytes: ${REPEAT}`).toThrow(
        expect.objectContaining({ code: "protocol-frame-invalid" }),
      );
    }
  }
});

/**
 * Bodies written by Apache Kafka 4.3's own classes (kafka-clients) out of random values: two of each message and version, with
 * unknown tagged fields. One a line: API, kind, version, hexadecimal.
 */
test("what Apache Kafka writes is read and written again to the same bytes", () => {
  const seen = new Set<string>();
  for (const line of readLines("apache-kafka-4.3.txt")) {
    const [api = "", kind, version, hex = ""] = line.split(" ");
    const codec = codecOf(api, kind as MessageKind);
    const reader = new WireReader(Buffer.from(hex, "hex"));
    const message = codec.decode(reader, Number(version));
    expect(reader.remaining, line).toBe(0);
    expect(Buffer.from(encodeMessage(codec, Number(version), message)).toString("hex"), line).toBe(hex);
    seen.add(`${codec.name} ${version}`);
  }
  expect(seen).toEqual(new Set(everyCodec().map(({ codec, version }) => `${codec.name} ${version}`)));
});

/**
 * Responses of Apache Kafka 4.3, and requests of kafkajs 2.2, platformatic 1.35 and 2.12, kafkats 0.12, kafka-python 2.0 and 3.0, franz-go
 * 1.22, kcat 1.7 on librdkafka 2.0, Kafka's Java client 4.3 and its tools. One a line: client, kind, API, version, hexadecimal with the
 * header. The suites of the clients write new ones: see `heardFramesTest` of the streamer.
 */
test("what real clients and a real broker said to each other is read and written again to the same bytes", () => {
  for (const line of readLines("real-clients.txt")) {
    const [, kind, api = "", version, hex = ""] = line.split(" ");
    const frame = Buffer.from(hex, "hex");
    const isRequest = kind === "request";
    const { bytes } = isRequest ? rewriteRequest(frame) : rewriteResponse(api, Number(version), frame);
    expect(Buffer.from(bytes).toString("hex"), line).toBe(hex);
    if (isRequest) expect(rewriteRequest(frame), line).toMatchObject({ apiName: api, version: Number(version) });
  }
});

test("the table finds an API by its key and knows no others", () => {
  for (const row of Object.values(APIS)) expect(findApi(row.key)).toBe(row);
  for (const key of [-1, 4, 71, 72, 1_000]) expect(findApi(key)).toBe(undefined);
  expect(APIS.Produce).toMatchObject({ versionMin: 0, decodableMin: 3, versionMax: 13 });
});

test("the header of a request for an API or version that is not known is read all the same", () => {
  for (const [apiKey, apiVersion] of [
    [999, 3],
    [18, 77],
  ] as const) {
    const writer = new WireWriter();
    encodeRequestHeader(writer, { apiKey, apiVersion, correlationId: 7, clientId: "old" });
    const header = decodeRequestHeader(new WireReader(writer.toBytes()));
    expect(header).toMatchObject({ apiKey, apiVersion, correlationId: 7, clientId: "old" });
  }
});

function readLines(name: string): string[] {
  const path = join(import.meta.dirname, "fixtures", name);
  return readFileSync(path, "utf8").trimEnd().split("\n");
}
