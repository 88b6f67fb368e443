export { type BadProvider, type Behaviour, type HeardRequest, startBadProvider, verdictsFor } from "./bad-provider.ts";
export { doubtedText } from "./doubted.ts";
