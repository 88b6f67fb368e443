/**
 * An audit log checked a second time, from RFC 6962 and the text of the checkpoints alone: nothing here is shared with the room. It
 * keeps a stack of subtrees like a binary counter, and hashes a proof upwards along the bits of an index.
 */
import { createHash, createPublicKey, verify } from "node:crypto";

/** What was found. */
export interface IndependentReport {
  readonly entries: number;
  readonly good: number;
  readonly bad: number;
}

const sha = (...parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const leafOf = (line: Uint8Array): Buffer => sha(Buffer.from([0]), line);
const nodeOf = (left: Uint8Array, right: Uint8Array): Buffer => sha(Buffer.from([1]), left, right);

/** Lines of the log as bytes, in order; the notes by which its keys vouch for each other; checkpoints that were kept elsewhere. */
export function checkIndependently(
  lines: readonly Uint8Array[],
  vouched: readonly string[],
  kept: readonly string[] = [],
): IndependentReport {
  const roots = new Map<number, string>();
  const notes: string[] = [];
  const stack: { readonly leaves: number; readonly hash: Buffer }[] = [];
  let [entries, bad] = [0, 0];
  for (const line of lines) {
    const type: unknown = fieldOf(line, "type");
    if (type === "audit.entry") {
      entries++;
      stack.push({ leaves: 1, hash: leafOf(line) });
      for (;;) {
        const [left, right] = stack.slice(-2);
        if (left === undefined || right === undefined || left.leaves !== right.leaves) break;
        stack.splice(-2, 2, { leaves: left.leaves * 2, hash: nodeOf(left.hash, right.hash) });
      }
      const root = stack.map((one) => one.hash).reduceRight((right, left) => nodeOf(left, right));
      roots.set(entries, root.toString("base64"));
    } else if (type === "audit.checkpoint") notes.push(String(fieldOf(line, "note")));
    else bad++;
  }
  const keys = readKeys(vouched);
  let [good, size, number] = [0, 0, 0];
  for (const note of notes) {
    const read = readNote(note, keys);
    if (read !== undefined && roots.get(read.size) === read.root && read.size >= size && read.number >= number) {
      good++;
      [size, number] = [read.size, read.number];
    } else bad++;
  }
  for (const note of kept) {
    const read = readNote(note, keys);
    if (read === undefined || roots.get(read.size) !== read.root) bad++;
  }
  return { entries, good, bad };
}

/** Whether a proof of inclusion holds: the entry's bytes, its index, the path in base64 and the checkpoint. */
export function checkProof(
  proof: {
    readonly index: number;
    readonly entry: string;
    readonly path: readonly string[];
    readonly checkpoint: string;
  },
  vouched: readonly string[],
): boolean {
  const read = readNote(proof.checkpoint, readKeys(vouched));
  if (read === undefined || proof.index >= read.size) return false;
  let hash = leafOf(Buffer.from(proof.entry));
  let [start, width, used] = [proof.index, read.size, 0];
  // The way down from the root: where the leaf lies at each split, so that the path can be walked up again.
  const sides: ("left" | "right")[] = [];
  while (width > 1) {
    let split = 1;
    while (split * 2 < width) split *= 2;
    if (start < split) {
      sides.push("left");
      width = split;
    } else {
      sides.push("right");
      start -= split;
      width -= split;
    }
  }
  for (const side of sides.toReversed()) {
    const sibling = Buffer.from(proof.path[used++] ?? "", "base64");
    hash = side === "left" ? nodeOf(hash, sibling) : nodeOf(sibling, hash);
  }
  return used === proof.path.length && hash.toString("base64") === read.root;
}

interface Key {
  readonly number: number;
  readonly key: string;
  readonly from: string;
  until: string;
}

/** The keys up to the first note that is not signed by the key before it. Times are texts of one form: they compare as texts. */
function readKeys(vouched: readonly string[]): readonly Key[] {
  const keys: Key[] = [];
  for (const note of vouched) {
    const [text = "", signed = ""] = note.split("\n\n");
    const fields = new Map(text.split("\n").map((line) => [line.split(": ")[0], line.split(": ")[1] ?? ""]));
    const [key = "", from = "", number] = [fields.get("key"), fields.get("from"), Number(fields.get("number"))];
    const before = keys.at(-1);
    const follows = before === undefined || (number === before.number + 1 && from >= before.from);
    if (!text.startsWith("kaelix/audit-key\n") || !follows || !isSignedBy(before?.key ?? key, text, signed)) break;
    if (before !== undefined) before.until = from;
    keys.push({ number, key, from, until: "9" });
  }
  return keys;
}

function readNote(
  note: string,
  keys: readonly Key[],
): { readonly size: number; readonly root: string; readonly number: number } | undefined {
  const [text = "", signed = "", ...rest] = note.split("\n\n");
  const [origin = "", size = "", root = "", timeLine, ...more] = text.split("\n");
  if (origin !== "kaelix/audit" || more.length > 0 || rest.length > 0 || !/^\d+$/.test(size)) return undefined;
  const key = keys.find((one) => isSignedBy(one.key, text, signed));
  const time = timeLine?.slice("time ".length);
  const isTimely = time === undefined ? key === keys[0] : key !== undefined && time >= key.from && time <= key.until;
  return key !== undefined && isTimely ? { size: Number(size), root, number: key.number } : undefined;
}

function isSignedBy(key: string, text: string, signed: string): boolean {
  const jwk = { kty: "OKP", crv: "Ed25519", x: key };
  const bytes = Buffer.from((signed.split(" ")[2] ?? "").trim(), "base64").subarray(4);
  return verify(null, Buffer.from(`${text}\n`), createPublicKey({ key: jwk, format: "jwk" }), bytes);
}

function fieldOf(line: Uint8Array, name: string): unknown {
  try {
    return new Map<string, unknown>(Object.entries(JSON.parse(Buffer.from(line).toString()) ?? {})).get(name);
  } catch {
    return undefined;
  }
}
