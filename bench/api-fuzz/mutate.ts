/** Values that break things: each has broken something, somewhere. */
import type { seededRandom } from "@kaelix/base";

/** Chance that can be had again. */
export type Chance = ReturnType<typeof seededRandom>;

const deep = (depth: number): unknown => {
  let value: unknown = "x";
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { a: value };
  return value;
};

const TEXTS = [
  "",
  " ",
  "\t",
  "\u0000",
  "a\u0000b",
  "\ud800",
  "x\udfff",
  "\ufeff",
  "\u202e\u2066",
  "\u{1f469}\u200d\u{1f52c}",
  "e\u0301".repeat(50),
  "ﷺ",
  "ß",
  "İ",
  "\u2028\u2029",
  "null",
  "undefined",
  "NaN",
  "true",
  "0",
  "-1",
  "1e999",
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "../../../etc/passwd",
  "..%2f..%2f",
  "C:\\Windows",
  "' OR 1=1--",
  '"; DROP TABLE memories;--',
  "$(id)",
  "`id`",
  "${7*7}",
  "{{7*7}}",
  "<script>alert(1)</script>",
  "%00",
  "%s%n%x",
  "a".repeat(5_000),
  "a ".repeat(3_000),
  "(".repeat(2_000),
  '"'.repeat(500),
  "-".repeat(1_000),
  "*".repeat(300),
  "before:".repeat(50),
  "on:9999-99-99",
  "before:0000-00-00 after:99999-01-01",
  "level:",
  'person:"',
  '"unclosed phrase',
  "-",
  "- - -",
  "2024-02-30T00:00:00Z",
  "2024-01-01T25:61:61Z",
  "0000-01-01T00:00:00Z",
  "9999-12-31T23:59:60Z",
  "2024-01-01T00:00:00+99:99",
  "2024-01-01",
  "0001-01-01T00:00:00+14:00",
  "9999-12-31T23:59:59-14:00",
  "usr_01JD8QYB3M6W5T0ZK1E9V7RXSC",
  "mem_",
  "mem_8ZZZZZZZZZZZZZZZZZZZZZZZZZ",
  "general",
  "SECRET",
  "auto",
  "me",
  "Europe/Nowhere",
  "🙂".repeat(200),
  "\r\nSet-Cookie: a=b",
];
const VALUES: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -0,
  -1,
  1,
  0.5,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  -(2 ** 53),
  1e308,
  5e-324,
  200,
  201,
  10_001,
  [],
  {},
  [null],
  [[]],
  { a: null },
  [1, "a", null],
  { length: -1 },
  { toJSON: 1 },
  { valueOf: 1 },
  { constructor: { prototype: { polluted: true } } },
  deep(10),
  deep(62),
  deep(66),
  deep(400),
  Array.from({ length: 2_000 }, () => 0),
  Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`k${at}`, at])),
];
/** Bodies that are no JSON, or not what JSON readers agree on. */
export const RAW_BODIES: readonly (string | Buffer)[] = [
  "",
  " ",
  "null",
  "true",
  "1",
  '""',
  "[]",
  "{",
  "}",
  '{"a":}',
  '{"a":1,}',
  "{'a':1}",
  "{a:1}",
  "NaN",
  '{"text":NaN}',
  '{"text":Infinity}',
  '{"text":1e999}',
  '{"text":"a"} x',
  '{"text":"a","text":"b"}',
  '{"__proto__":{"polluted":true},"text":"a"}',
  '{"text":"a","context":{"__proto__":{"polluted":true}}}',
  '{"constructor":{"prototype":{"polluted":true}},"text":"a"}',
  '{"\\u005f_proto__":{"polluted":true}}',
  '\ufeff{"text":"bom"}',
  '{"text":"\\ud800"}',
  '{"text":"\u0000"}',
  "[".repeat(100_000),
  '{"a":'.repeat(20_000),
  `{"text":"${"a".repeat(1_100_000)}"}`,
  Buffer.of(0xff, 0xfe, 0x7b, 0x00),
  Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d]),
  Buffer.from('{"text":"\xed\xa0\x80"}', "latin1"),
  Buffer.alloc(10),
  "--",
  "<xml/>",
  "a=b&c=d",
];
const HEADERS: Readonly<Record<string, readonly string[]>> = {
  "if-match": [
    '"1"',
    '"2"',
    "*",
    'W/"1"',
    '"0"',
    '"-1"',
    '"1.5"',
    '"99999999999999999999"',
    "1",
    '""',
    '"1", "2"',
    "",
    "x".repeat(500),
    '"1"x',
    '"\xff"',
  ],
  "idempotency-key": ["k1", "k2", "", " ", "a b", "k".repeat(255), "k".repeat(256), "k".repeat(4_000), "\xe9", "k\t"],
  "kaelix-after": [
    "memories/0/0",
    "memories/0@0",
    "memories",
    "///",
    "memories/-1/0",
    "memories/999/0",
    "nothing/0/0",
    "memories/0/-1",
    "memories/0/1e9",
    "__proto__/0/0",
    "x".repeat(300),
    "",
  ],
  prefer: [
    "wait=0",
    "wait=1",
    "wait=",
    "wait=11",
    "wait=-1",
    "wait=1.5",
    "wait=0, kaelix-until=nothing",
    "kaelix-until=indexed",
    "respond-async",
    "=",
    ",,,,",
    'wait="0"',
    "wait=0;x=y",
    "x".repeat(2_000),
  ],
  "content-type": [
    "application/json",
    "application/json; charset=utf-16",
    "text/plain",
    "application/xml",
    "multipart/form-data",
    "multipart/form-data; boundary=",
    "application/json/x",
    "",
    "a",
    "application/json;;;",
    "APPLICATION/JSON",
  ],
  accept: ["*/*", "text/html", "", "application/xml", "q=x", "text/html;q=0, */*;q=9"],
  "accept-encoding": ["gzip", "br", "x", "gzip;q=0", "*"],
  "user-agent": ["", "x".repeat(4_000), "kaelix-cli/0", "\xff"],
  traceparent: [
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    "x",
    "",
    "00-00000000000000000000000000000000-0000000000000000-00",
    "x".repeat(3_000),
  ],
  "x-forwarded-for": ["127.0.0.1", "x", "::1", "1.2.3.4, 5.6.7.8", ""],
  origin: ["https://evil.example", "null", "", "http://localhost"],
  "sec-fetch-site": ["cross-site", "same-origin", "none", "x"],
  "last-event-id": ["memories/0@0", "x", "", "memories/0@99999999999999999999", "memories/99@0"],
  range: ["bytes=0-1", "bytes=-1", "x"],
  expect: ["100-continue"],
  cookie: ["a=b", "=", ";;;;", "kaelix_refresh=x", "x".repeat(3_000)],
  "transfer-encoding": [],
};
const CURSORS = ["o", "n", "c", null, 1].flatMap((kind) =>
  [
    [kind],
    [kind, 1],
    [kind, -1],
    [kind, 1e300],
    [kind, "x"],
    [kind, 1, 1, "mem_01JD8QYB3M6W5T0ZK1E9V7RXSC", "[]"],
    [kind, 8.64e15 + 1, 2 ** 53, "mem_01JD8QYB3M6W5T0ZK1E9V7RXSC", "[]"],
    [kind, {}, [], null, deep(50)],
  ].map((parts) => Buffer.from(JSON.stringify(parts)).toString("base64url")),
);
/** Values of a query. */
export const QUERY_VALUES = [
  ...TEXTS.filter((text) => text.length < 600 && text.isWellFormed()),
  ...CURSORS,
  "1",
  "50",
  "200",
  "201",
  "0x10",
  "1e2",
  " 5 ",
  "٣",
  "1,2",
  "[1]",
  "+1",
  "1_000",
];

/** One of a list. */
export function oneOf<Item>(random: Chance, items: readonly Item[]): Item {
  const item = items[random.integer(items.length)];
  if (item === undefined && items.length === 0) throw new Error("Nothing to choose from");
  return item as Item;
}

/** A value with something in it changed: another type, another value, a field gone, a field too many. */
export function mutate(random: Chance, value: unknown): unknown {
  const roll = random.integer(10);
  if (typeof value !== "object" || value === null || roll === 0)
    return roll < 6 ? oneOf(random, TEXTS) : oneOf(random, VALUES);
  if (Array.isArray(value)) {
    if (value.length === 0 || roll < 3) return [...value, oneOf(random, VALUES)];
    const at = random.integer(value.length);
    return value.map((item: unknown, index) => (index === at ? mutate(random, item) : item));
  }
  const entries = Object.entries(value);
  if (entries.length === 0 || roll === 1)
    return {
      ...value,
      [oneOf(random, ["unknown", "toString", "constructor", "", "a".repeat(300), "\ud800", "text", "id"])]: oneOf(
        random,
        VALUES,
      ),
    };
  const at = random.integer(entries.length);
  if (roll === 2) return Object.fromEntries(entries.filter((_entry, index) => index !== at));
  return Object.fromEntries(entries.map(([name, item], index) => [name, index === at ? mutate(random, item) : item]));
}

/** Headers beside those that a request needs. */
export function oddHeaders(random: Chance): Record<string, string> {
  const headers: Record<string, string> = {};
  const names = Object.keys(HEADERS);
  for (let count = random.integer(4); count > 0; count--) {
    const name = oneOf(random, names);
    const values = HEADERS[name] ?? [];
    if (values.length > 0) headers[name] = oneOf(random, values);
  }
  return headers;
}

/** Forms, whole and broken. */
export function oddForm(random: Chance): { readonly type: string; readonly body: Buffer } {
  const name = oneOf(random, ["file", "file", "file", "other", "", 'file"; filename="x', "__proto__"]);
  const fileName = oneOf(random, [
    "a.jsonl",
    "a.zip",
    "WhatsApp Chat with X.txt",
    "t.csv",
    "n.md",
    "../../x.csv",
    "",
    "a".repeat(3_000),
    "\u0000.csv",
    "CON.txt",
    "\u202egnp.txt",
    "a\r\nX-Y: z",
  ]);
  const content = oneOf<Buffer>(random, [
    Buffer.from('{"text":"a","id":"1"}\n{"text":7}\n{bad\n'),
    Buffer.from("PK\u0003\u0004rubbish"),
    Buffer.from("22.08.18, 14:42 - Ann: hello\nno head\n99.99.99, 99:99 - Ann: x"),
    Buffer.from('date,author,text\n2024-01-02,"Ann,"unclosed\n,,,\n'),
    Buffer.from("# a\n\n---\nx: [\n---\n"),
    Buffer.alloc(0),
    Buffer.from(random.bytes(random.integer(5_000))),
    Buffer.alloc(200_000, 0x0a),
    Buffer.of(0xff, 0xfe, 0x41, 0x00),
  ]);
  const border = oneOf(random, ["b", "----kaelix", "x".repeat(70)]);
  const whole = Buffer.concat([
    Buffer.from(
      `--${border}\r\nContent-Disposition: form-data; name="${name}"; filename="${fileName}"\r\nContent-Type: application/octet-stream\r\n\r\n`,
    ),
    content,
    Buffer.from(`\r\n--${border}--\r\n`),
  ]);
  const body = random.integer(3) === 0 ? whole.subarray(0, random.integer(whole.length + 1)) : whole;
  const said = random.integer(8) === 0 ? "other" : border;
  return { type: `multipart/form-data; boundary=${said}`, body };
}
