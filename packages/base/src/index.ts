export { assert, AssertionFailure } from "./assert.ts";
export { BoundedQueue } from "./bounded-queue.ts";
export { decodeBase64Url, decodeText, encodeBase64Url, encodeHex, encodeText, equalBytes } from "./bytes.ts";
export { type Clock, ManualClock, systemClock } from "./clock.ts";
export { parseConfig, type Setting, settingParsers, type SettingTable, type SettingValues } from "./config.ts";
export {
  defineErrors,
  type ErrorDetails,
  type ErrorFactory,
  type ErrorKind,
  type ErrorOptions,
  type ErrorRow,
  isKaelixError,
  KaelixError,
} from "./errors.ts";
export { KeyedLock } from "./keyed-lock.ts";
export { formatPosition, formatPositionHeader, type LogPosition, parsePosition } from "./position.ts";
export { type RandomSource, seededRandom, systemRandom } from "./random.ts";
export { encodeUlid, isUlid, makeUlid } from "./ulid.ts";
export { systemZone, ZoneConverter } from "./zone.ts";
