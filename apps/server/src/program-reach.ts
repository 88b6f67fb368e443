/**
 * What recall reads for a program: for one that may not read everything an index, and a world, of what it may read and nothing else.
 *
 * Guarantees: whatever is made from such a source — hits, counts, facets, weights, near words, answers, people, days — is what it would be
 * if the person had no other memories; it follows what is told, and what a person says yes to, with the next question. Where nothing is
 * out of reach it is the person's own index, which costs nothing. It does not: look at levels or at what others share.
 */
import type { Imports } from "@kaelix/capture";
import type { EventsApplication, MemoryApplication } from "@kaelix/gateway";
import type { ActingProgram, UserId, UserPrincipal } from "@kaelix/model";
import type { PeopleSource, RecallSource, SharedIndexes } from "@kaelix/recall";
import { type Identity, isWithinReach } from "@kaelix/security";
import type { UserIndex, WorldPart, WorldView } from "@kaelix/views";

import type { LiveEvents } from "./events-application.ts";
import { importFor } from "./imports-application.ts";

/** What it reads from. */
interface ReachParts {
  readonly recall: RecallSource;
  /** Where indexes of parts are kept. */
  readonly indexes: SharedIndexes;
  readonly worldView: Pick<WorldView, "read" | "readSoon" | "reading">;
}

/** Recall with people in it. */
type ReachedSource = RecallSource & PeopleSource;

/** The program that asks, when it may not read everything. */
export function narrowProgram({ program }: UserPrincipal): ActingProgram | undefined {
  return program === undefined || program.reach === "all" ? undefined : program;
}

/** Sources by who asks. One for a house. */
export class ProgramReach {
  readonly #parts: ReachParts;

  constructor(parts: ReachParts) {
    this.#parts = parts;
  }

  /** What recall may read of a principal's memories. */
  source(principal: UserPrincipal): ReachedSource {
    const { recall, worldView } = this.#parts;
    const program = narrowProgram(principal);
    if (program === undefined) return { ...recall, world: (user, ceiling) => worldView.read(user, ceiling) };
    const partOf = async (user: UserId): Promise<WorldPart | undefined> =>
      reachesAll(await recall.index(user), program)
        ? undefined
        : { key: `${program.key}/${program.reach}`, index: () => this.#indexOf(user, program) };
    return {
      ...recall,
      index: (user) => this.#indexOf(user, program),
      world: async (user, ceiling) => worldView.read(user, ceiling, await partOf(user)),
      worldSoon: async (user, ceiling) => worldView.readSoon(user, ceiling, await partOf(user)),
    };
  }

  /** How far a principal's memories are read for people; of a program that may not read everything nothing is told. */
  reading(principal: UserPrincipal): ReturnType<WorldView["reading"]> {
    if (narrowProgram(principal) !== undefined) return undefined;
    return this.#parts.worldView.reading(principal.userId, principal.ceiling);
  }

  async #indexOf(owner: UserId, program: ActingProgram): Promise<UserIndex> {
    const { indexes, recall } = this.#parts;
    const whole = await recall.index(owner);
    if (reachesAll(whole, program)) return whole;
    return indexes.index({
      owner,
      key: JSON.stringify([owner, program.key, program.reach]),
      edition: 0,
      passes: ({ namespace = null }) => isWithinReach(program, namespace),
    });
  }
}

function reachesAll({ namespaces, size }: UserIndex, program: ActingProgram): boolean {
  const words = size - [...namespaces.values()].reduce((sum, count) => sum + count, 0);
  return (
    (words === 0 || isWithinReach(program, null)) &&
    [...namespaces.keys()].every((namespace) => isWithinReach(program, namespace))
  );
}

/** Events as the gateway asks for them: a program hears of what it may read. */
export function reachedEvents(
  live: LiveEvents,
  {
    grants,
    imports,
    memories,
  }: {
    readonly grants: Pick<Identity["grants"], "nowMs" | "openFor">;
    readonly imports: Pick<Imports, "read">;
    readonly memories: Pick<MemoryApplication, "read">;
  },
): EventsApplication {
  return {
    follow: (listener) => live.follow(listener),
    sharedWith: (principal) => {
      const nowMs = grants.nowMs();
      return grants.openFor(principal).flatMap((row) => (row.startsAtMs > nowMs ? [] : [row.grant]));
    },
    replay: (user, after, limit) => live.replay(user, after, limit),
    mayHear: async (principal, event) => {
      if (narrowProgram(principal) === undefined || event.type === "watermark") return true;
      if (event.type === "import.changed") return (await importFor(imports, principal, event.importId)) !== undefined;
      return (await memories.read(principal, event.memoryId)) !== undefined;
    },
  };
}
