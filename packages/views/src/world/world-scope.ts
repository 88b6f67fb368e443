/** Whose world, and of what of it: a session that is open to level 1 alone and a program that may not read everything have worlds of their own. */
import { type Level, LEVEL_INDEXED_MAX, type UserId } from "@kaelix/model";

import type { UserIndex } from "../search/user-index.ts";

/** A part of somebody's memories that a world is made of. */
export interface WorldPart {
  /** Names the part: the same key always stands for the same choice of a user's documents. */
  readonly key: string;
  /** Its documents alone, as new as the user's index. */
  readonly index: () => Promise<UserIndex>;
}

/** Whose world, and of what. */
export interface WorldScope {
  readonly userId: UserId;
  readonly ceiling: Level;
  readonly part: WorldPart | undefined;
}

/** The ceiling of the world that somebody sees whose session is open to `ceiling`. */
export function cappedAt(ceiling: Level): Level {
  return ceiling >= LEVEL_INDEXED_MAX ? LEVEL_INDEXED_MAX : 1;
}

/** Names a world among all that are loaded. */
export function keyOf({ ceiling, part, userId }: WorldScope): string {
  return `${userId}/${ceiling}${part === undefined ? "" : `/${part.key}`}`;
}

/** The key of the world that holds all there is of somebody. */
export function wholeKey(userId: UserId): string {
  return keyOf({ userId, ceiling: LEVEL_INDEXED_MAX, part: undefined });
}

/** Whose whole world stands under a key; undefined for a part of one. */
export function wholeWorldOf(key: string): UserId | undefined {
  const userId = userOf(key);
  return key === wholeKey(userId) ? userId : undefined;
}

/** Whose world stands under a key. */
export function userOf(key: string): UserId {
  // Made by `keyOf`.
  return key.slice(0, key.indexOf("/")) as UserId;
}
