/**
 * Chat exports and files as sources: detect → preview → read. What is sealed is opened by `unseal` first, and never written in clear.
 *
 * @example
 * const input = { path: "/tmp/upload-1", fileName: "WhatsApp Chat with Bob.zip" };
 * const found = await preview(input, { sample: 20, zone: "Europe/Berlin" });
 * for await (const item of readDrafts(input, { me: "Ann", zone: "Europe/Berlin" })) {
 *   if (item.type === "draft") await remember(item.draft);
 * }
 */
export { detect } from "./detect.ts";
export { sourceErrors } from "./errors.ts";
export { type ImportPreviewJson, preview, previewJson, type PreviewOptions } from "./preview.ts";
export { checkSealed, isSealed, nameInside, unseal } from "./sealed.ts";
export { readDrafts, type ReadDraftsOptions } from "./read-drafts.ts";
export type {
  DateOrder,
  ImportAnswers,
  ImportDetection,
  ImportFormat,
  ImportInput,
  ImportItem,
  ImportLimits,
  ImportPreview,
  ImportProblem,
  ImportProgress,
  ImportQuestion,
  ImportSample,
  ReadOptions,
} from "./types.ts";
