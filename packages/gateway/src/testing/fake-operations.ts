/** Backups and keys, as they are on a quiet day. */
import type { BackupsView, KekView, OperationsApplication } from "../operations-application.ts";

export function fakeOperations(): OperationsApplication {
  const backups: BackupsView = {
    place: "backups",
    everyMs: 21_600_000,
    points: [{ atMs: 1_000 }],
    testedAtMs: undefined,
    nextAtMs: 21_601_000,
    running: undefined,
    problem: undefined,
    last: { atMs: 1_000, bytes: 10, bytesWritten: 10, piecesWritten: 1, records: 2 },
  };
  const kek: KekView = {
    provider: "file",
    version: 1,
    sinceMs: 1_000,
    renewedAfterDays: 0,
    behind: 0,
    done: 0,
    total: 0,
    isAtWork: false,
    problem: undefined,
    isHealthy: true,
  };
  return {
    backups: async () => backups,
    beginBackup: async () => ({ ...backups, running: { share: 0, words: "looking" } }),
    kek: async () => kek,
    beginRotation: async () => ({ ...kek, isAtWork: true }),
    userKey: () => ({ version: 1, isRenewing: false, behind: 0, isAtWork: false }),
    userKeys: () => ({ people: 1, renewing: 0, done: 0, total: 0, isAtWork: false, problem: undefined }),
    renewUserKeys: async () => undefined,
    signingKeys: () => ({
      lines: [{ purpose: "access-tokens", number: 1, sinceMs: 1_000, former: 0, isLate: false }],
      renewedAfterDays: 90,
      problem: undefined,
    }),
    renewSigningKeys: async () => undefined,
  };
}
