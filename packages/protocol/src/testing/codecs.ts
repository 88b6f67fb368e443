/** Codecs by name, for tests that walk over all of them. */
import * as messages from "../generated/index.ts";
import type { ApiSchema } from "../schemas/schema.ts";
import { SCHEMAS } from "../schemas/tables.ts";
import type { WireReader } from "../wire/reader.ts";
import { WireWriter } from "../wire/writer.ts";

/** Which half of an API. */
export type MessageKind = "request" | "response";

/** The codec of one message. */
export interface MessageCodec {
  readonly name: string;
  readonly kind: MessageKind;
  readonly schema: ApiSchema;
  readonly decode: (reader: WireReader, version: number) => object;
  readonly encode: (writer: WireWriter, version: number, message: object) => void;
}

/** The codec of a message. */
export function codecOf(apiName: string, kind: MessageKind): MessageCodec {
  const schema = SCHEMAS.find((candidate) => candidate.name === apiName);
  if (schema === undefined) throw new Error(`There is no table for ${apiName}`);
  const name = `${apiName}${kind === "request" ? "Request" : "Response"}`;
  const functions: Readonly<Record<string, unknown>> = messages;
  const decode = functions[`decode${name}`];
  const encode = functions[`encode${name}`];
  if (typeof decode !== "function" || typeof encode !== "function") throw new Error(`There is no codec for ${name}`);
  return {
    name,
    kind,
    schema,
    decode: (reader, version) => decode(reader, version) as object,
    encode: (writer, version, message) => void encode(writer, version, message),
  };
}

/** Every codec with each of its versions. */
export function everyCodec(): { readonly codec: MessageCodec; readonly version: number }[] {
  return SCHEMAS.flatMap((schema) =>
    (["request", "response"] as const).flatMap((kind) => {
      const codec = codecOf(schema.name, kind);
      const [first, last] = schema.versions;
      return Array.from({ length: last - first + 1 }, (_, index) => ({ codec, version: first + index }));
    }),
  );
}

/** The bytes of a message. */
export function encodeMessage(codec: MessageCodec, version: number, message: object): Uint8Array {
  const writer = new WireWriter();
  codec.encode(writer, version, message);
  return writer.toBytes();
}
