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

/**
 * What scrolls sideways where the page is `width` pixels wide, by place and by how much; the page has its own size again afterwards. Tables and
 * drawings may, inside their own frame (WCAG 1.4.10). The page itself never scrolls, its `main` does: each box that scrolls is looked at.
 */
export async function sidewaysAt(page: Page, width: number): Promise<string[]> {
  const own = page.viewportSize();
  await page.setViewportSize({ width, height: own?.height ?? width });
  await standsStill(page);
  const found = await page.evaluate(() =>
    [...document.querySelectorAll("*")]
      .filter(
        (box) =>
          (box === document.documentElement || /auto|scroll/.test(getComputedStyle(box).overflowX)) &&
          !box.matches("input, textarea") &&
          box.querySelector(":scope > table, :scope > svg") === null &&
          box.scrollWidth > box.clientWidth,
      )
      .map((box) => {
        const edge = box.getBoundingClientRect().left + box.clientWidth;
        const widest = [...box.querySelectorAll("*")]
          .filter((inner) => inner.getBoundingClientRect().right > edge)
          .at(-1);
        const by =
          widest === undefined
            ? ""
            : ` by <${widest.tagName.toLowerCase()}> "${widest.textContent?.slice(0, 40) ?? ""}"`;
        return `<${box.tagName.toLowerCase()}> is ${box.scrollWidth - box.clientWidth} too wide${by}`;
      }),
  );
  if (own !== null) await page.setViewportSize(own);
  return found.map((finding) => `${width} wide: ${finding}`);
}
