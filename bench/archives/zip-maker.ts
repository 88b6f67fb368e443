/** Archives byte by byte, so that every field can lie. */
import { crc32, deflateRawSync } from "node:zlib";

import type { seededRandom } from "@kaelix/base";

type Chance = ReturnType<typeof seededRandom>;

interface Entry {
  readonly name: Buffer;
  readonly content: Buffer;
  readonly method: number;
  readonly flags: number;
  readonly madeBy: number;
  readonly attributes: number;
  /** What the directory claims; absent: the truth. */
  readonly claimedSize?: number;
  readonly claimedPacked?: number;
  readonly claimedCrc?: number;
  readonly localName?: Buffer;
  /** Number of the entry whose bytes this one points at. */
  readonly pointsAt?: number;
}

const CHAT = "22.08.18, 14:42 - Ann: shall we meet?\n22.08.18, 14:43 - Bob: yes\n";
const NAMES = [
  "../escape.txt",
  "../../../../tmp/kaelix-escaped.txt",
  "..\\escape.txt",
  "a/../../escape.txt",
  "/tmp/kaelix-escaped.txt",
  "//tmp/x.txt",
  "C:\\escape.txt",
  "c:escape.txt",
  "C:/x.txt",
  "\\\\server\\share\\x.txt",
  "CON",
  "con.txt",
  "NUL.csv",
  "aux.md",
  "COM1.txt",
  "LPT9.jsonl",
  "prn.txt",
  "name.txt.",
  "name.txt ",
  " name.txt",
  "a:b.txt",
  "a?b.txt",
  "a*b.txt",
  "a|b.txt",
  "a<b>.txt",
  "file\u0000.txt",
  "file.txt\u0000.zip",
  "\u202etxt.exe",
  "\u2066x\u2069.txt",
  "e\u0301.txt",
  "\u00e9.txt",
  "\ud55c\uad6d.txt",
  "🙂.txt",
  "x".repeat(255) + ".txt",
  "d/".repeat(2_000) + "x.txt",
  "x".repeat(60_000),
  "",
  "/",
  ".",
  "..",
  "./x.txt",
  "a//b.txt",
  "a/./b.txt",
  ".hidden.txt",
  "__MACOSX/x.txt",
  "node_modules/x.txt",
  "__proto__.txt",
  "constructor/prototype.csv",
  "%2e%2e%2fescape.txt",
  "..%2fescape.txt",
  "~/.ssh/authorized_keys",
  "$HOME/x.txt",
  "-rf.txt",
  "\n.txt",
  "\u001b[31m.txt",
];

/** One hostile archive; the same chance makes the same one. */
export function hostileZip(random: Chance): Buffer {
  const entries = Array.from({ length: 1 + random.integer(4) }, () => hostileEntry(random));
  if (random.integer(3) === 0) entries.push(plain("_chat.txt", CHAT));
  if (random.integer(25) === 0)
    for (let at = 0; at < 900; at++)
      entries.push({ ...plain(`b${at}.txt`, ""), pointsAt: 0, claimedSize: 9_900_000, claimedPacked: 10_000 });
  const whole = encode(entries, random);
  return damage(whole, random);
}

/** Entries that all point at the bytes of the first: small, and much when unpacked. No single one of them is suspicious. */
export function overlappingZip(entries: number): Buffer {
  const content = Buffer.alloc(9_900_000, 0x0a);
  const first = { ...plain("b.txt", ""), content };
  const packed = deflateRawSync(content).length;
  const rest = Array.from({ length: entries - 1 }, (_, at): Entry => {
    return {
      ...plain(`b${at}.txt`, ""),
      pointsAt: 0,
      claimedSize: content.length,
      claimedPacked: packed,
      claimedCrc: crc32(content),
    };
  });
  return encode([first, ...rest], { integer: () => 1 });
}

function plain(name: string, content: string): Entry {
  return {
    name: Buffer.from(name),
    content: Buffer.from(content),
    method: 8,
    flags: 0x800,
    madeBy: 3 << 8,
    attributes: (0o100644 << 16) >>> 0,
  };
}

function hostileEntry(random: Chance): Entry {
  const name = NAMES[random.integer(NAMES.length)] ?? "x.txt";
  const entry = plain(random.integer(2) === 0 ? name : `ok${random.integer(100)}.txt`, CHAT);
  switch (random.integer(16)) {
    case 0:
      return {
        ...entry,
        name: Buffer.from(name),
        attributes: (0o120777 << 16) >>> 0,
        content: Buffer.from("/etc/passwd"),
      };
    case 1:
      return { ...entry, attributes: ([0o060644, 0o020644, 0o010644, 0o140644][random.integer(4)] ?? 0) * 65_536 };
    case 2:
      return { ...entry, content: Buffer.alloc(30_000_000 + random.integer(10_000_000), 0x61) };
    case 3:
      return { ...entry, claimedSize: [0, 1, 0xffff_ffff, 0x7fff_ffff, 9_999_999][random.integer(5)] ?? 0 };
    case 4:
      return { ...entry, claimedPacked: [0, 1, 0xffff_ffff, 1_000_000][random.integer(4)] ?? 0 };
    case 5:
      return { ...entry, claimedCrc: random.integer(2 ** 31) };
    case 6:
      return { ...entry, flags: entry.flags | 1 };
    case 7:
      return { ...entry, method: [1, 6, 9, 12, 14, 93, 95, 99, 0xffff][random.integer(9)] ?? 1 };
    case 8:
      return { ...entry, localName: Buffer.from("../other.txt") };
    case 9:
      return {
        ...entry,
        name: Buffer.from(random.bytes(1 + random.integer(40))),
        flags: random.integer(2) === 0 ? 0x800 : 0,
      };
    case 10:
      return { ...entry, name: Buffer.from(`${name}.zip`), content: encode([plain("../inner.txt", CHAT)], random) };
    case 11:
      return { ...entry, flags: entry.flags | 8 };
    case 12:
      return { ...entry, content: Buffer.from(random.bytes(random.integer(3_000))) };
    case 13:
      return { ...entry, content: Buffer.from(`${"9".repeat(random.integer(200_000))}\n`), method: 0 };
    case 14:
      return { ...entry, madeBy: random.integer(65_536), attributes: random.integer(2 ** 31) };
    default:
      return entry;
  }
}

function encode(entries: readonly Entry[], random: Pick<Chance, "integer">): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  const places: number[] = [];
  let offset = 0;
  for (const entry of entries) {
    const packed = entry.method === 8 ? deflateRawSync(entry.content) : entry.content;
    const sizes = {
      crc: entry.claimedCrc ?? crc32(entry.content),
      packed: entry.claimedPacked ?? packed.length,
      size: entry.claimedSize ?? entry.content.length,
    };
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x0403_4b50, 0);
    local.writeUInt16LE(20, 4);
    writeFacts(local, 6, entry, sizes);
    const localName = entry.localName ?? entry.name;
    local.writeUInt16LE(localName.length, 26);
    const place = entry.pointsAt === undefined ? offset : (places[entry.pointsAt] ?? 0);
    places.push(place);
    if (entry.pointsAt === undefined) {
      const bytes = Buffer.concat([local, localName, packed]);
      locals.push(bytes);
      offset += bytes.length;
    }
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x0201_4b50, 0);
    central.writeUInt16LE(entry.madeBy, 4);
    central.writeUInt16LE(20, 6);
    writeFacts(central, 8, entry, sizes);
    central.writeUInt16LE(entry.name.length, 28);
    central.writeUInt32LE(entry.attributes >>> 0, 38);
    central.writeUInt32LE(random.integer(60) === 0 ? random.integer(2 ** 31) : place, 42);
    centrals.push(central, entry.name);
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x0605_4b50, 0);
  const count = random.integer(40) === 0 ? 0xffff : entries.length;
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(random.integer(40) === 0 ? 0xffff_ffff : directory.length, 12);
  end.writeUInt32LE(random.integer(40) === 0 ? random.integer(2 ** 31) : offset, 16);
  return Buffer.concat([...locals, directory, end]);
}

function writeFacts(
  header: Buffer,
  at: number,
  entry: Entry,
  { crc, packed, size }: { readonly crc: number; readonly packed: number; readonly size: number },
): void {
  header.writeUInt16LE(entry.flags, at);
  header.writeUInt16LE(entry.method, at + 2);
  header.writeUInt32LE(crc >>> 0, at + 8);
  header.writeUInt32LE(packed >>> 0, at + 12);
  header.writeUInt32LE(size >>> 0, at + 16);
}

/** One in five is cut, turned, lengthened or has a second end. */
function damage(whole: Buffer, random: Chance): Buffer {
  switch (random.integer(20)) {
    case 0:
      return whole.subarray(0, 4 + random.integer(whole.length));
    case 1: {
      const turned = Buffer.from(whole);
      for (let count = 0; count < 5; count++) turned[random.integer(turned.length)] = random.integer(256);
      return turned;
    }
    case 2:
      return Buffer.concat([whole, Buffer.from(random.bytes(random.integer(500)))]);
    case 3:
      return Buffer.concat([whole, whole]);
    default:
      return whole;
  }
}
