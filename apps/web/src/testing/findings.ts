/** What axe finds on a page that stands still: half-way through a fade every text is too pale. */
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";

/** Resolves when nothing on the page fades or moves any more, but for what never ends. */
export async function standsStill(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const ending = document
      .getAnimations()
      .filter(({ effect }) => effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY);
    // One that was cancelled has ended as well.
    await Promise.allSettled(ending.map(({ finished }) => finished));
  });
}

/** Serious and critical findings by rule and place. Legacy is the way without a second page for each look; it leaves out frames, and we have none. */
export async function findingsOf(page: Page): Promise<string[]> {
  await standsStill(page);
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(" ")}`));
}
