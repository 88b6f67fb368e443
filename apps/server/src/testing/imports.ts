/** Files brought in through the API, of a house or of a server. */
import type { CallInput, CallOutput, Client, Routes } from "@kaelix/contract";

type Answers = NonNullable<CallInput<Routes["imports.start"]>["body"]>;

/** Uploads a file, starts its import, and gives what the import came to when it is done. @throws Error when it ends otherwise */
export async function importFile(
  client: Client,
  name: string,
  content: string | Blob | Uint8Array<ArrayBuffer>,
  answers: Answers = {},
): Promise<CallOutput<Routes["imports.read"]>> {
  const file = { name, data: new Blob([content]) };
  const query = answers.zone === undefined ? {} : { zone: answers.zone };
  const { data: waiting } = await client.call("imports.upload", { query }, { file });
  const params = { id: waiting.id };
  await client.call("imports.start", { params, body: answers });
  for (;;) {
    const { data } = await client.call("imports.read", { params });
    if (data.state === "done") return data;
    if (data.state !== "running") throw new Error(`The import of ${name} ended as ${data.state}: ${data.error}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
