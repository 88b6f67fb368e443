import { expect, test } from "vitest";

import { siteOf } from "./site.ts";

const PUBLIC = ["https://kaelix.example", "https://kaelix.example:8443"];

test.each([
  ["localhost:7171", "http", "localhost", "http://localhost:7171"],
  ["LOCALHOST:7171", "http", "localhost", "http://localhost:7171"],
  ["kaelix.example", "http", "kaelix.example", "https://kaelix.example"],
  ["kaelix.example:8443", "http", "kaelix.example", "https://kaelix.example:8443"],
  ["home.lan:7171", "https", "home.lan", "https://home.lan:7171"],
])("siteOf %s over %s is %s at %s", (host, protocol, rpId, origin) => {
  expect(siteOf({ host, protocol }, PUBLIC)).toEqual({ rpId, origin });
});

test.each([
  ["127.0.0.1:7171", "http"],
  ["[::1]:7171", "http"],
  ["192.168.1.4", "https"],
  ["home.lan", "http"],
  ["", "http"],
  [undefined, "https"],
])("siteOf %s over %s is nowhere that browsers have passkeys", (host, protocol) => {
  expect(siteOf({ host, protocol }, PUBLIC)).toBeUndefined();
});
