/** What the people of somebody's memories are read from, so that recall knows neither how worlds are kept nor what a log is. */
import type { Level, UserId } from "@kaelix/model";
import type { UserIndex, WorldReading } from "@kaelix/views";

/** Where recall finds somebody's world and the memories it rests on. */
export interface PeopleSource {
  /** The world as a session that is open to `ceiling` may see it. */
  world(userId: UserId, ceiling: Level): Promise<WorldReading>;
  /** The memories of levels 1 and 2. */
  index(userId: UserId): Promise<UserIndex>;
}

/** Whose people are asked for and how secret they may be. */
export interface PeopleScope {
  readonly userId: UserId;
  readonly ceiling: Level;
}

/** What an answer is made from: a world, and the memories behind it. */
export interface OpenWorld {
  readonly reading: WorldReading;
  readonly index: UserIndex;
}

/** Opens a world for one answer. */
export async function openWorld(source: PeopleSource, { ceiling, userId }: PeopleScope): Promise<OpenWorld> {
  const reading = await source.world(userId, ceiling);
  return { reading, index: await source.index(userId) };
}
