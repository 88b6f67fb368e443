export { referenceAllows } from "./policy-reference.ts";
export { type PolicyCase, PolicyWorlds } from "./policy-worlds.ts";
