import { expect, test } from "vitest";
import { ZoneConverter } from "./zone.ts";

const at = (text: string): number => Date.parse(`${text}Z`);
const instant = (zone: string, local: string, notBefore?: string): string =>
  new Date(
    new ZoneConverter(zone).toInstant(at(local), notBefore === undefined ? undefined : at(notBefore)),
  ).toISOString();

test("toInstant follows summer time, halves of hours and old rules", () => {
  expect(instant("Europe/Berlin", "2018-08-22T14:42:00")).toBe("2018-08-22T12:42:00.000Z");
  expect(instant("Europe/Berlin", "2018-01-22T14:42:00")).toBe("2018-01-22T13:42:00.000Z");
  expect(instant("Asia/Kolkata", "2018-08-22T14:42:00")).toBe("2018-08-22T09:12:00.000Z");
  expect(instant("America/New_York", "2018-11-04T00:30:00")).toBe("2018-11-04T04:30:00.000Z");
  expect(instant("Pacific/Apia", "2011-12-31T12:00:00")).toBe("2011-12-30T22:00:00.000Z");
});

test("toInstant moves a time in a gap forward and takes the earlier of two, unless order says otherwise", () => {
  expect(instant("Europe/Berlin", "2024-03-31T02:30:00")).toBe("2024-03-31T01:30:00.000Z");
  expect(instant("Europe/Berlin", "2024-10-27T02:30:00")).toBe("2024-10-27T00:30:00.000Z");
  expect(instant("Europe/Berlin", "2024-10-27T02:30:00", "2024-10-27T00:50:00")).toBe("2024-10-27T01:30:00.000Z");
  expect(instant("America/New_York", "2024-03-10T02:30:00")).toBe("2024-03-10T07:30:00.000Z");
  expect(instant("Australia/Lord_Howe", "2024-04-07T01:45:00")).toBe("2024-04-06T14:45:00.000Z");
});

test("toInstant is undone by the zone's own offset for every hour of a year outside gaps", () => {
  for (const zone of ["Europe/Berlin", "America/Sao_Paulo", "Africa/Casablanca", "Asia/Tehran"]) {
    const converter = new ZoneConverter(zone);
    let missed = 0;
    for (let local = at("2018-01-01T00:00:00"); local < at("2019-01-01T00:00:00"); local += 5_400_000) {
      const found = converter.toInstant(local);
      if (found + converter.offsetAt(found) !== local) missed++;
    }
    expect(missed).toBeLessThanOrEqual(1);
  }
});

test("toLocal shows what the platform's clock shows, also on the days when it changes", () => {
  for (const zone of ["Europe/Berlin", "Australia/Lord_Howe", "America/Sao_Paulo"]) {
    const converter = new ZoneConverter(zone);
    for (let now = at("2018-01-01T00:00:00"); now < at("2019-01-01T00:00:00"); now += 20_000_000) {
      expect(converter.toLocal(now)).toBe(now + converter.offsetAt(now));
    }
  }
});

test("ZoneConverter refuses a zone that does not exist", () => {
  expect(() => new ZoneConverter("Mars/Olympus")).toThrow(RangeError);
});
