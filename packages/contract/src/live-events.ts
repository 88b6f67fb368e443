/** What `GET /events` tells: the data of each server-sent event, by its name. */
import { z } from "zod";

import { grantIdSchema, importIdSchema, levelNameSchema, memoryIdSchema } from "./schemas.ts";

const position = z.string();
const ofMemory = <Name extends string>(name: Name) =>
  z.object({
    type: z.literal(name),
    position,
    memory_id: memoryIdSchema,
    /** Null when nobody knows it any more. */
    level: levelNameSchema.nullable(),
  });

/** The events by name. Ids of events are positions; a watermark, a change of shares, and how far an import has come, have none. */
export const liveEvents = {
  "memory.stored": ofMemory("memory.stored"),
  "memory.revised": ofMemory("memory.revised"),
  "memory.forgotten": ofMemory("memory.forgotten"),
  "memory.restored": ofMemory("memory.restored"),
  "memory.recall-decided": ofMemory("memory.recall-decided"),
  "memory.erased": ofMemory("memory.erased"),
  "import.changed": z.object({
    type: z.literal("import.changed"),
    /** Absent where it is told how far the import has come. */
    position: position.optional(),
    import_id: importIdSchema,
  }),
  /** What others share with the person: what opened, and what is over, by its time or ended by somebody. */
  "shares.changed": z.object({
    type: z.literal("shares.changed"),
    opened: z.array(grantIdSchema),
    ended: z.array(grantIdSchema),
  }),
  watermark: z.object({ type: z.literal("watermark"), view: z.string(), position }),
} as const;
