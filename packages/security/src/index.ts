export { securityErrors } from "./errors.ts";
export { type FileKek, type FileKekOptions, openFileKek } from "./keys/file-kek.ts";
export type { KekHealth, KekProvider, WrappedSecret } from "./keys/kek.ts";
export { Keystore, openKeystore } from "./keys/keystore.ts";
export {
  type KeystoreOptions,
  type KeystoreStatus,
  type LookupHasher,
  type MemoryKeyAnswer,
  type MemoryKeyQuery,
  SYSTEM_USER,
  type UserSealPlace,
  type UserSealPurpose,
} from "./keys/keystore-types.ts";
export type { MemoryKeyRequest, PreparedKeys } from "./keys/prepare-keys.ts";
export { type MemoryKey, openContent, type OpenedContent, sealContent } from "./sealing/content.ts";
export {
  ENVELOPE_OVERHEAD_BYTES,
  exportFernet,
  openBytes,
  type Opened,
  sealBytes,
  type SealingKey,
  type SealPurpose,
  type SealRefusal,
  type SealScope,
  type SealSources,
} from "./sealing/envelope.ts";
