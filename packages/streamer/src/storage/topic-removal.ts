/**
 * Removing a topic so that a crash leaves it either whole or on its way out.
 *
 *     topic.json renamed to topic.deleted, made durable     → the topic is gone
 *     files of the partitions removed, made durable
 *     topic.deleted removed                                 → the name is free of leftovers
 *
 * Guarantees: a directory is emptied only when `topic.deleted` says so; a topic file that is merely missing removes nothing.
 */
import type { Disk } from "./disk.ts";
import { TOPIC_FILE_NAME } from "./topic-file.ts";

const DELETED_NAME = "topic.deleted";

/** Marks a topic as deleted, durably: from here on it does not come back. */
export async function markDeleted(disk: Disk, directory: string): Promise<void> {
  disk.rename(`${directory}/${TOPIC_FILE_NAME}`, `${directory}/${DELETED_NAME}`);
  await disk.syncDirectory(directory);
}

/** True when a topic's directory holds what is left of a deleted topic. */
export function isMarkedDeleted(disk: Disk, directory: string): boolean {
  return (
    disk.size(`${directory}/${DELETED_NAME}`) !== undefined &&
    disk.size(`${directory}/${TOPIC_FILE_NAME}`) === undefined
  );
}

/** Removes what is left of a topic that was marked as deleted. May be repeated after it failed. */
export async function removeDeleted(disk: Disk, directory: string): Promise<void> {
  for (const name of disk.list(directory)) {
    if (!/^\d+$/.test(name)) continue;
    const partition = `${directory}/${name}`;
    for (const file of disk.list(partition)) {
      disk.remove(`${partition}/${file}`);
      // A large file takes a while to be freed: others get their turn in between.
      await nextTurn();
    }
    // Durable before the mark goes: a partition that came back would belong to nobody.
    await disk.syncDirectory(partition);
    disk.removeDirectory(partition);
  }
  disk.remove(`${directory}/${TOPIC_FILE_NAME}.tmp`);
  disk.remove(`${directory}/${DELETED_NAME}`);
  await disk.syncDirectory(directory);
  disk.removeDirectory(directory);
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
