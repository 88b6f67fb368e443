export { MemoryLog } from "./memory-log.ts";
