export { MemoryLog } from "@kaelix/log/testing";
