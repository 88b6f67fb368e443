export { encodeMessage, everyCodec } from "./codecs.ts";
export { rewriteRequest, rewriteResponse } from "./frames.ts";
export { fuzzDecoders, type FuzzOutcome, mutate } from "./fuzz.ts";
export { randomMessage } from "./random-message.ts";
