/**
 * Addresses of this machine and of private networks, in every spelling that a URL takes, against the one door by which the house calls what
 * somebody typed (`postSafely`: webhooks and pushes of the day). A listener counts who comes.
 */
import { createServer } from "node:net";

import { postSafely } from "../../apps/server/src/days/safe-post.ts";

const INSIDE = [
  "127.0.0.1",
  "127.255.255.254",
  "0.0.0.0",
  "10.0.0.1",
  "10.255.255.255",
  "100.64.0.1",
  "169.254.169.254",
  "172.16.0.1",
  "172.31.255.255",
  "192.168.0.1",
  "192.168.255.255",
  "198.18.0.1",
  "224.0.0.1",
  "255.255.255.255",
];
const INSIDE6 = [
  "::1",
  "::",
  "0:0:0:0:0:0:0:1",
  "0000:0000:0000:0000:0000:0000:0000:0001",
  "fe80::1",
  "fc00::1",
  "fd00:ec2::254",
  "fec0::1",
  "ff02::1",
  "100::1",
  "2001:db8::1",
  "2001:0:7f00:1::",
  "::7f00:1",
  "5f00::1",
];
const NAMES = ["localhost", "LOCALHOST", "LocalHost", "localhost.", "a.localhost", "loc%61lhost", "ｌｏｃａｌｈｏｓｔ"];

/** At least 300 of them; `port` is where the listener is. */
export function spellings(port: number): readonly string[] {
  const hosts = [
    ...NAMES,
    ...INSIDE.flatMap(spellingsOf4),
    ...INSIDE6.map((address) => `[${address}]`),
    ...INSIDE.flatMap((address) => {
      const hex = bytesOf(address).map((byte) => byte.toString(16).padStart(2, "0"));
      const [high, low] = [hex.slice(0, 2).join(""), hex.slice(2).join("")];
      // Mapped, compatible, translated (NAT64, both networks) and wrapped (6to4).
      return [
        `[::ffff:${address}]`,
        `[::ffff:${high}:${low}]`,
        `[::${address}]`,
        `[64:ff9b::${address}]`,
        `[64:ff9b:1::${high}:${low}]`,
        `[2002:${high}:${low}::]`,
      ];
    }),
  ];
  const first = "127.0.0.1";
  return [
    ...hosts.map((host) => `https://${host}:${port}/x`),
    `http://${first}:${port}/x`,
    `HTTPS://${first}:${port}/x`,
    `https:\\\\${first}:${port}\\x`,
    `https:${first}:${port}/x`,
    `https:///${first}:${port}/x`,
    ` \thttps://${first}:${port}/x`,
    `ht\ntps://${first}:${port}/x`,
    `https://example.com@${first}:${port}/x`,
    `https://example.com:x@${first}:${port}/x`,
    `https://${first}:${port}#@example.com/`,
    `https://${first}:${port}?@example.com/`,
    `https://example.com\\@${first}:${port}/x`,
    `ftp://${first}:${port}/x`,
    `file:///etc/passwd`,
    `gopher://${first}:${port}/x`,
    `data:text/plain,x`,
    `javascript:x`,
    `blob:https://${first}:${port}/x`,
    `//${first}:${port}/x`,
    `${first}:${port}`,
  ];
}

function bytesOf(address: string): number[] {
  return address.split(".").map(Number);
}

function spellingsOf4(address: string): readonly string[] {
  const bytes = bytesOf(address);
  const [one = 0, two = 0, three = 0, four = 0] = bytes;
  const whole = ((one * 256 + two) * 256 + three) * 256 + four;
  return [
    address,
    `${address}.`,
    String(whole),
    `0x${whole.toString(16)}`,
    `0X${whole.toString(16).toUpperCase()}`,
    `0${whole.toString(8)}`,
    `${one}.${(two * 256 + three) * 256 + four}`,
    `${one}.${two}.${three * 256 + four}`,
    bytes.map((byte) => `0x${byte.toString(16)}`).join("."),
    bytes.map((byte) => `0${byte.toString(8)}`).join("."),
    `0x${one.toString(16)}.0${two.toString(8)}.${three}.${four}`,
    address.replaceAll(".", "。"),
    address.replaceAll(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
    address.replaceAll(".", "%2e"),
  ];
}

/** What came of trying all of them. */
export interface SpellingOutcome {
  readonly spellings: number;
  readonly connections: number;
  readonly faults: readonly string[];
}

/** Tries each; `lets` says that private networks are allowed, which shows that the listener notices. */
export async function trySpellings(lets = false): Promise<SpellingOutcome> {
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    socket.destroy();
  });
  const port = await new Promise<number>((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
  const faults: string[] = [];
  const all = lets ? [`https://127.0.0.1:${port}/x`] : spellings(port);
  try {
    for (const url of all) {
      const request = { url, headers: {}, body: new Uint8Array(), allowsPrivate: lets, timeoutMs: 2_000 };
      const outcome = await postSafely(request);
      const isHeld =
        outcome.type === "refused" || (outcome.type === "failed" && outcome.why === "its name cannot be resolved");
      if (!isHeld) faults.push(`${url}: ${JSON.stringify(outcome)}`);
    }
  } finally {
    await new Promise<void>((resolve) => void server.close(() => resolve()));
  }
  return { spellings: all.length, connections, faults };
}
