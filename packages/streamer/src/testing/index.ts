export { type ClientCodec, connectWire, type WireClient } from "./wire-client.ts";
