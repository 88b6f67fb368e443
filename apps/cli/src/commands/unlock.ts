import type { Connection } from "../connection.ts";
import { askSecret } from "../prompt.ts";
import { levelOf } from "./memories.ts";
import { askSentCode, isCodeWanted, sendableWay, sendingProof } from "./prove.ts";

/**
 * Opens the session up to a level for this command, asking for the password, and for a code where a second factor is set up. Nothing to do
 * when no level is named.
 */
export async function openUp(connection: Connection, level: string | undefined): Promise<void> {
  if (level === undefined) return;
  const password = await askSecret("Password to open up", "KAELIX_PASSWORD");
  const body = { password, level: levelOf(level) };
  try {
    await connection.client.call("auth.unlock", { body });
  } catch (failure) {
    if (!isCodeWanted(failure)) throw failure;
    const typed = await askSentCode(sendableWay(failure.details["ways"], undefined), sendingProof(connection));
    await connection.client.call("auth.unlock", { body: { ...body, ...typed } });
  }
}
