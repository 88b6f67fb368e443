import { expect, test } from "vitest";

import { clientName } from "./client-name.ts";

test.each([
  [
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
    "Chrome on Linux",
  ],
  [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605 Version/19.0 Mobile/15E148 Safari/604.1",
    "Safari on iPhone",
  ],
  ["kaelix-cli", "Kaelix command line"],
  ["kaelix-cli/0.1.0 (Mac OS X)", "Kaelix command line 0.1.0 on Mac"],
  ["kaelix-mcp/0.1.0 (Linux)", "Kaelix for agents 0.1.0 on Linux"],
  ["node", "A program in Node.js"],
  ["undici", "A program in Node.js"],
  ["python-requests/2.32.3", "A program in Python"],
  ["Python/3.13 aiohttp/3.12.1", "A program in Python"],
  ["Go-http-client/1.1", "A program in Go"],
  ["curl/8.14.1", "curl 8.14.1"],
  ["claude-code/2.3.1 (Windows; x64)", "claude-code 2.3.1 on Windows"],
  ["nodemon/3.0", "nodemon 3.0"],
  ["constructor", "constructor"],
  ["a-script/2.0", "a-script 2.0"],
  ["日本語", "日本語"],
  ["unknown", "Unnamed program"],
  ["", "Unnamed program"],
])("clientName says of %j: %s", (userAgent, name) => {
  expect(clientName(userAgent)).toBe(name);
});
