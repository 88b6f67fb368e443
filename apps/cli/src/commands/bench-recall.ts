import { languageOfText } from "@kaelix/intelligence";
import { measureRecall, readDataset } from "@kaelix/recall";

import { EXIT } from "../exit.ts";
import { datasetNamed, faulty, printRows, readDatasetFile } from "./bench-dataset.ts";

/**
 * `kaelix bench recall --dataset FILE [--json]`: search and answers on a data set of one's own, without a server and without keeping
 * anything. FILE is of the LoCoMo shape, or JSON lines of memories and questions.
 */
export async function benchRecall(parameters: readonly string[]): Promise<number> {
  const file = datasetNamed(parameters);
  const read = readDataset(readDatasetFile(file));
  if (read.type === "bad") throw faulty(file, read.problems);
  const { rows, questions } = await measureRecall(read.conversations, languageOfText);
  printRows(rows, questions, parameters.includes("--json"));
  return EXIT.ok;
}
