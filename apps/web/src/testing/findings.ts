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
 * What a screen reader or somebody who wants no motion would trip over and axe does not say: not one heading of the page, not one main part, an
 * order of focus of its own, and, on a page that was asked to keep still, what would move.
 */
export async function structureOf(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const shown = (selector: string): Element[] =>
      [...document.querySelectorAll(selector)].filter((found) => found.checkVisibility());
    const counted = ["h1", "main"].flatMap((name) => {
      const { length } = shown(name);
      return length === 1 ? [] : [`${length} of <${name}>`];
    });
    const lasts = (durations: string): boolean =>
      durations.split(",").some((duration) => Number.parseFloat(duration) > 0);
    // What turns for as long as something is awaited turns slowly instead.
    const moving = matchMedia("(prefers-reduced-motion: reduce)").matches
      ? shown("body *:not(.turning)").filter((box) => {
          const { animationDuration, animationName, transitionDuration } = getComputedStyle(box);
          return lasts(transitionDuration) || (animationName !== "none" && lasts(animationDuration));
        })
      : [];
    const ordered = shown("[tabindex]").filter((box) => Number(box.getAttribute("tabindex")) > 0);
    const told = (what: string, boxes: readonly Element[]): string[] =>
      boxes.map((box) => `${what}: <${box.tagName.toLowerCase()} class="${box.className}">`);
    return [...counted, ...told("moves", moving), ...told("has an order of its own", ordered)];
  });
}

/**
 * Fills without words (bars, knobs, dots) that are gone where the system chooses the colours, as Windows' contrast themes do. The page may go on
 * meanwhile: a bar whose import has ended between the two looks is none any more.
 */
export async function lostInForcedColors(page: Page): Promise<string[]> {
  const shown = await page.evaluateHandle(() => {
    const groundOf = (box: Element | null): string => {
      const ground = box === null ? "rgba(0, 0, 0, 0)" : getComputedStyle(box).backgroundColor;
      return box === null || !/^rgba\(.* 0\)$/.test(ground) ? ground : groundOf(box.parentElement);
    };
    const standsOut = (box: Element): boolean => groundOf(box) !== groundOf(box.parentElement);
    const fills = [...document.querySelectorAll("body *")].filter((box) => {
      const { borderTopWidth, outlineStyle } = getComputedStyle(box);
      const { height, width } = box.getBoundingClientRect();
      const isBare = box.querySelector(":scope > :not(.sr-only)") === null && !box.matches("svg *, .sr-only, input");
      const isFrameless = Number.parseFloat(borderTopWidth) === 0 && outlineStyle === "none";
      const hasWords = [...box.childNodes].some(
        ({ nodeType, textContent }) => nodeType === 3 && textContent?.trim() !== "",
      );
      if (!isBare || !isFrameless || hasWords || height < 2 || width < 2 || !box.checkVisibility()) return false;
      return standsOut(box);
    });
    return { fills, standsOut };
  });
  await page.emulateMedia({ forcedColors: "active" });
  const lost = await shown.evaluate(({ fills, standsOut }) =>
    fills
      .filter((box) => box.isConnected && box.checkVisibility() && !standsOut(box))
      .map((box) => `<${box.tagName.toLowerCase()} class="${box.className}">`),
  );
  await page.emulateMedia({ forcedColors: "none" });
  await shown.dispose();
  return lost.map((fill) => `gone in forced colours: ${fill}`);
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
