import { z } from "zod";

import { levelInputSchema } from "./schemas.ts";
import { openedBodySchema, sealedBodySchema } from "./seal-schemas.ts";

/**
 * Body of `PUT /memories/{id}/level`. `sealed` goes with level 4: from then on only its owner's browser reads it. `opened` goes with a
 * lower one: what only their browser could read comes with the words it opened.
 */
export const memoryMoveSchema = z
  .strictObject({
    level: levelInputSchema,
    sealed: sealedBodySchema.optional(),
    opened: openedBodySchema.optional(),
  })
  .refine(({ sealed, opened, level }) => (sealed === undefined || level === 4) && (opened === undefined || level < 4), {
    message: "What was sealed goes with level 4, what was opened with a lower one",
  })
  .meta({
    id: "MemoryMove",
    oneOf: [
      { properties: { sealed: false, opened: false } },
      { required: ["sealed"], properties: { opened: false, level: { enum: ["ultra-secret", 4] } } },
      {
        required: ["opened"],
        properties: { sealed: false, level: { enum: ["general", "confidential", "secret", 1, 2, 3] } },
      },
    ],
  });
