import type { Connection } from "../connection.ts";
import { askSecret } from "../prompt.ts";
import { levelOf } from "./memories.ts";

/** Opens the session up to a level for this command, asking for the password. Nothing to do when no level is named. */
export async function openUp(connection: Connection, level: string | undefined): Promise<void> {
  if (level === undefined) return;
  const password = await askSecret("Password to open up", "KAELIX_PASSWORD");
  await connection.client.call("auth.unlock", { body: { password, level: levelOf(level) } });
}
