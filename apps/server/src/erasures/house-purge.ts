/** Writing the files of the house's log anew without what was erased; only the embedded log has files of its own. */
import type { Clock } from "@kaelix/base";
import { type Files, Purge, type PurgeStatus } from "@kaelix/capture";
import type { StreamerLog } from "@kaelix/log";
import { TOPICS } from "@kaelix/model";
import type { Keystore } from "@kaelix/security";

/** What the house purges with. */
interface HousePurgeParts {
  readonly embedded: StreamerLog;
  readonly keystore: Keystore;
  readonly files: Pick<Files, "telling">;
  readonly clock: Clock;
  /** Within which time what was erased is gone from the files. */
  readonly withinMs: number;
}

/** The purge of a house: shredded keys, what waited and was dropped, ways in of who has gone, and what those keys opened. */
export class HousePurge {
  readonly #embedded: StreamerLog;
  readonly #contents: Purge;

  constructor({ embedded, files, ...parts }: HousePurgeParts) {
    this.#embedded = embedded;
    this.#contents = new Purge({
      ...parts,
      log: embedded,
      filesOf: (topic, partition) => embedded.storage.partition(topic, partition).upkeep,
      telling: () => files.telling,
    });
  }

  get status(): PurgeStatus {
    return this.#contents.status;
  }

  /** True when something that nobody asked a receipt for must go now. */
  isDue(): Promise<boolean> {
    return this.#contents.isDue();
  }

  /** Calls off what is under way, and everything after. */
  stop(): void {
    this.#contents.stop();
  }

  /** Takes everything that was erased out of the files; false when it was called off. */
  async run(): Promise<boolean> {
    for (const { name } of [TOPICS.keys, TOPICS.days, TOPICS.access]) await this.#embedded.storage.compact(name);
    return this.#contents.run();
  }
}
