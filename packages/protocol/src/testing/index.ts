export { fuzzDecoders, type FuzzOutcome } from "./fuzz.ts";
