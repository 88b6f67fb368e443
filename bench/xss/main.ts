/**
 * What people and files say cannot run in the browser.
 *
 *     npm run bench -- xss [--quick]
 *
 * Needs Chromium and the built web app: `npm run services -- chromium start`, `npm run build --workspace apps/web`.
 */
import type { BenchRow } from "../row.ts";
import { PAYLOADS } from "./payloads.ts";
import { sweepScreens } from "./sweep.ts";

/** Runs the bench. */
export async function run(options: { readonly quick: boolean }): Promise<BenchRow[]> {
  const outcome = await sweepScreens(options.quick ? 60 : PAYLOADS);
  for (const fault of outcome.faults) console.error(fault);
  if (outcome.faults.length > 0) throw new Error(`A text became more than text in ${outcome.faults.length} places`);
  if (outcome.shown < outcome.payloads) throw new Error("Not every payload was shown: the sweep proves nothing");
  return [
    { name: "payloads", value: outcome.payloads, unit: "payloads" },
    { name: "of them run in a page that takes texts for HTML", value: outcome.live, unit: "payloads" },
    { name: "screens", value: outcome.screens, unit: "screens" },
    { name: "times that a payload stood on a screen as text", value: outcome.shown, unit: "times" },
    {
      name: "scripts run, policy violations, live links",
      value: outcome.faults.length,
      unit: "faults",
      target: 0,
      reached: true,
    },
    { name: "95 % bound", value: 300 / outcome.shown, unit: "%" },
  ];
}
