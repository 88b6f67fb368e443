/** What this folder shows to the room's door. */
export {
  type DamagedPlace,
  type Difference,
  type LogCensus,
  type Verification,
  verify,
  type VerifyOptions,
  type ViewVerification,
} from "./verify.ts";
export type { FoldBatch, PositionedEvent, View, ViewCensus } from "./view.ts";
export type { ViewState } from "./view-follower.ts";
export { type ProgressListener, ViewRunner, type ViewRunnerOptions, type ViewStatus } from "./view-runner.ts";
export type { WaitOptions, Watermark, WatermarkListener } from "./watermarks.ts";
