import fc from "fast-check";
import { expect, test } from "vitest";
import {
  isAadhaar,
  isCardNumber,
  isCodiceFiscale,
  isCpf,
  isDniOrNie,
  isFrenchNir,
  isGermanTaxId,
  isIban,
  isLuhn,
  isNino,
  isPan,
  isSsn,
  isSwissAhv,
  isTckn,
} from "./checksums.ts";

test.each([
  ["isCardNumber", isCardNumber, "4111111111111111"],
  ["isCardNumber", isCardNumber, "378282246310005"],
  ["isIban", isIban, "DE89370400440532013000"],
  ["isIban", isIban, "GB29NWBK60161331926819"],
  ["isAadhaar", isAadhaar, "234123412346"],
  ["isGermanTaxId", isGermanTaxId, "86095742719"],
  ["isSwissAhv", isSwissAhv, "7569217076985"],
  ["isFrenchNir", isFrenchNir, "255081416802538"],
  ["isCpf", isCpf, "52998224725"],
  ["isTckn", isTckn, "10000000146"],
  ["isDniOrNie", isDniOrNie, "12345678Z"],
  ["isDniOrNie", isDniOrNie, "X1234567L"],
  ["isCodiceFiscale", isCodiceFiscale, "RSSMRA85T10A562S"],
  ["isNino", isNino, "AB123456C"],
  ["isPan", isPan, "ABCPE1234F"],
  ["isSsn", isSsn, "536228145"],
])("%s accepts a published example", (_name, check, value) => {
  expect(check(value)).toBe(true);
});

test.each([
  ["isCardNumber", isCardNumber, "4111111111111111"],
  ["isIban", isIban, "DE89370400440532013000"],
  ["isAadhaar", isAadhaar, "234123412346"],
  ["isGermanTaxId", isGermanTaxId, "86095742719"],
  ["isSwissAhv", isSwissAhv, "7569217076985"],
  ["isFrenchNir", isFrenchNir, "255081416802538"],
  ["isCpf", isCpf, "52998224725"],
  ["isTckn", isTckn, "10000000146"],
])("%s refuses the example with any one digit changed", (_name, check, value) => {
  fc.assert(
    fc.property(fc.nat({ max: value.length - 1 }), fc.integer({ min: 1, max: 9 }), (at, by) => {
      const digit = Number(value[at]);
      fc.pre(Number.isInteger(digit));
      const changed = value.slice(0, at) + String((digit + by) % 10) + value.slice(at + 1);
      expect(check(changed)).toBe(false);
    }),
  );
});

test("isLuhn holds for every number completed with its check digit", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^\d{12,18}$/), (head) => {
      const fitting = "0123456789".split("").filter((digit) => isLuhn(head + digit));
      expect(fitting).toHaveLength(1);
    }),
  );
});
