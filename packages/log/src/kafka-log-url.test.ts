import { expect, test } from "vitest";

import { parseKafkaUrl } from "./kafka-log-url.ts";

test("parseKafkaUrl reads brokers, prefix and counts", () => {
  expect(parseKafkaUrl("kafka://127.0.0.1:19092")).toEqual({
    type: "place",
    place: { brokers: [{ host: "127.0.0.1", port: 19092 }], prefix: "kaelix." },
  });
  expect(parseKafkaUrl("kafka://a:1,b,[::1]:3/mine-?replicas=3&minInsync=2")).toEqual({
    type: "place",
    place: {
      brokers: [
        { host: "a", port: 1 },
        { host: "b", port: 9092 },
        { host: "::1", port: 3 },
      ],
      prefix: "mine-",
      replicas: 3,
      minInsync: 2,
    },
  });
  expect(parseKafkaUrl("kafka://a/")).toMatchObject({ place: { prefix: "" } });
});

test("parseKafkaUrl reads TLS and SASL, percent-encoded", () => {
  expect(parseKafkaUrl("kafkas://ann:p%40ss%3A@a:9093?ca=/ca.pem&mechanism=SCRAM-SHA-256")).toEqual({
    type: "place",
    place: {
      brokers: [{ host: "a", port: 9093 }],
      prefix: "kaelix.",
      tls: { caFile: "/ca.pem" },
      sasl: { mechanism: "SCRAM-SHA-256", username: "ann", password: "p@ss:" },
    },
  });
  expect(parseKafkaUrl("kafkas://u:p@a")).toMatchObject({ place: { sasl: { mechanism: "PLAIN" } } });
  // In clear a password is never sent as it is unless that is asked for.
  expect(parseKafkaUrl("kafka://u:p@a")).toMatchObject({ place: { sasl: { mechanism: "SCRAM-SHA-512" } } });
});

test.each([
  ["http://a", "kafka://"],
  ["kafka://", "kafka://"],
  ["kafka://a:99999", "ports"],
  ["kafka://a:1,,b:2", "ports"],
  ["kafka://a/with space", "prefix"],
  ["kafka://a?speed=fast", "speed"],
  ["kafka://a?replicas=0", "replicas"],
  ["kafka://a?replicas=1&minInsync=2", "minInsync"],
  ["kafka://a?ca=/x", "kafkas"],
  ["kafka://user@a", "password"],
  ["kafka://u:%zz@a", "percent"],
  ["kafka://u:p@a?mechanism=GSSAPI", "mechanism"],
  ["kafka://a?mechanism=PLAIN", "user"],
])("parseKafkaUrl refuses %s and says what must be", (text, word) => {
  const parsed = parseKafkaUrl(text);
  expect(parsed).toMatchObject({ type: "invalid", must: expect.stringContaining(word) });
});

test("parseKafkaUrl never repeats a password in what it refuses", () => {
  for (const text of ["kafka://ann:hunter2@a:99999", "kafka://ann:hunter2@a?x=1", "http://ann:hunter2@a"]) {
    expect(JSON.stringify(parseKafkaUrl(text))).not.toContain("hunter2");
  }
});
