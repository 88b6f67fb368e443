import { relationalConformance } from "../testing/conformance.ts";
import { openPglite } from "./open.ts";
import { prepareDatabase } from "./prepared.ts";

// In memory from the prepared archive: no initdb per file.
relationalConformance(async () => {
  await prepareDatabase();
  return openPglite();
});
