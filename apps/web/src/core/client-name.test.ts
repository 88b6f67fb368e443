import { expect, test } from "vitest";

import { clientName } from "./client-name.ts";

test("clientName names the browser and the system, or says what the program said", () => {
  const chrome =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36";
  const safari =
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605 Version/19.0 Mobile/15E148 Safari/604.1";
  expect([chrome, safari, "kaelix-cli", "a-script/2.0", ""].map(clientName)).toEqual([
    "Chrome on Linux",
    "Safari on iPhone",
    "Kaelix command line",
    "a-script/2.0",
    "Unnamed program",
  ]);
});
