export { replaceFile, syncDirectory, syncTree, writeFileDurably, writeSynced } from "./durable-file.ts";
export { makeFolder, systemCodeOf } from "./folders.ts";
export { LifeCycle, type ReportProgress, type Service, type ServiceStep } from "./life-cycle.ts";
export { type Logger, makeLogger } from "./logger.ts";
export { type Counter, type Gauge, type Histogram, Metrics } from "./metrics.ts";
export {
  dataDirectoryOf,
  findRunningServer,
  removeRunFile,
  type RunningServer,
  runFileOf,
  writeRunFile,
} from "./run-file.ts";
