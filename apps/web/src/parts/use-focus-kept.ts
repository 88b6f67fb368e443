import { useEffect } from "react";

/**
 * Whoever types keeps their place: where the control that had the focus goes away (its step is done, its row was removed), the focus goes
 * to the heading of the section it stood in, not to the top of the page. Dialogs give it back themselves.
 */
export function useFocusKept(): void {
  useEffect(() => {
    const main = document.querySelector<HTMLElement>("#main");
    if (main === null) return undefined;
    let last: Element | null = null;
    let section: Element | null = null;
    const arrived = ({ target }: FocusEvent): void => {
      last = target instanceof Element && target !== main ? target : null;
      section = last?.closest("section") ?? null;
    };
    // A press beside everything is meant to let go.
    const pressed = (): void => {
      last = null;
    };
    const changed = new MutationObserver(() => {
      if (last === null || last.isConnected || document.activeElement !== document.body) return;
      last = null;
      const heading = (section?.isConnected === true ? section : main).querySelector<HTMLElement>("h1, h2, h3");
      if (heading === null) return;
      heading.tabIndex = -1;
      heading.focus();
    });
    main.addEventListener("focusin", arrived);
    document.addEventListener("pointerdown", pressed);
    changed.observe(main, { childList: true, subtree: true });
    return () => {
      main.removeEventListener("focusin", arrived);
      document.removeEventListener("pointerdown", pressed);
      changed.disconnect();
    };
  }, []);
}
