/** Preferences of this browser: appearance and single-key shortcuts. Nothing of a memory is ever kept here. */
import { z } from "zod";

import { interfaceSlice } from "./interface.ts";
import type { store } from "./store.ts";

const KEY = "kaelix.preferences";
const schema = z.object({ appearance: z.enum(["system", "light", "dark"]), shortcuts: z.boolean() });

function stored(): z.infer<typeof schema> | undefined {
  try {
    return schema.safeParse(JSON.parse(localStorage.getItem(KEY) ?? "null")).data;
  } catch {
    return undefined;
  }
}

/** Reads the preferences and writes back every change of them. */
export function readPreferences(target: typeof store): void {
  const found = stored();
  if (found !== undefined) target.dispatch(interfaceSlice.actions.preferencesRead(found));
  let last = "";
  const apply = (): void => {
    const { appearance, shortcuts } = target.getState().interface;
    const text = JSON.stringify({ appearance, shortcuts });
    if (text === last) return;
    const isFirst = last === "";
    last = text;
    if (appearance === "system") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = appearance;
    if (!isFirst) localStorage.setItem(KEY, text);
  };
  apply();
  target.subscribe(apply);
}
