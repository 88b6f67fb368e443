/** What a draft must keep to before anything of it is sealed. */
import { encodeText } from "@kaelix/base";
import {
  MEMORY_CONTEXT_BYTES_MAX,
  MEMORY_SEALED_LENGTH_MAX,
  MEMORY_TEXT_LENGTH_MAX,
  type MemoryDraft,
} from "@kaelix/model";

import { captureErrors } from "./errors.ts";

/** @throws `memory-text-too-long`, `memory-text-empty`, `memory-context-too-large`, `memory-files-sealed` */
export function checkDraft(draft: MemoryDraft): void {
  if (draft.clientSealed !== undefined) {
    if (draft.files !== undefined) throw captureErrors("memory-files-sealed");
    return checkSealed(draft.clientSealed);
  }
  if (draft.text.length > MEMORY_TEXT_LENGTH_MAX) {
    throw captureErrors("memory-text-too-long", {
      message: `Cannot remember text: current length is ${draft.text.length}, must be ${MEMORY_TEXT_LENGTH_MAX} at most`,
    });
  }
  if (draft.text.trim() === "" && (draft.attachments ?? []).length === 0) throw captureErrors("memory-text-empty");
  const contextBytes = draft.context === undefined ? 0 : encodeText(JSON.stringify(draft.context)).length;
  if (contextBytes > MEMORY_CONTEXT_BYTES_MAX) {
    throw captureErrors("memory-context-too-large", {
      message: `Cannot remember context: current size is ${contextBytes} bytes, must be ${MEMORY_CONTEXT_BYTES_MAX} at most`,
    });
  }
}

/** Of what a browser sealed the length is all that can be looked at. @throws `memory-text-too-long` */
export function checkSealed(sealed: string): void {
  if (sealed.length <= MEMORY_SEALED_LENGTH_MAX) return;
  throw captureErrors("memory-text-too-long", {
    message: `Cannot remember what was sealed: current length is ${sealed.length}, must be ${MEMORY_SEALED_LENGTH_MAX} at most`,
  });
}
