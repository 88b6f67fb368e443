/** What a browser does when an app sends its person here: reads the address, says yes as the person, and is sent back. */
import type { Client } from "@kaelix/contract";

/** Says yes. @returns the address that the app is sent back to */
export async function sayYes(
  person: Client,
  address: URL,
  more: { readonly level?: "general" | "confidential"; readonly days?: number } = {},
): Promise<URL> {
  const { data } = await person.call("apps.connect", { body: { query: address.search.slice(1), ...more } });
  return new URL(data.to);
}
