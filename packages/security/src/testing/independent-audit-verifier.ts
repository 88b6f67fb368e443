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

/** Lines of the log as bytes, in order; the public key as 32 bytes in base64url; checkpoints that were kept elsewhere. */
export function checkIndependently(
  lines: readonly Uint8Array[],
  publicKey: string,
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
  let [good, size] = [0, 0];
  for (const note of notes) {
    const read = readNote(note, publicKey);
    if (read !== undefined && roots.get(read.size) === read.root && read.size >= size) {
      good++;
      size = read.size;
    } else bad++;
  }
  for (const note of kept) {
    const read = readNote(note, publicKey);
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
  publicKey: string,
): boolean {
  const read = readNote(proof.checkpoint, publicKey);
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

function readNote(note: string, publicKey: string): { readonly size: number; readonly root: string } | undefined {
  const [text = "", signed = "", ...rest] = note.split("\n\n");
  const [origin = "", size = "", root = "", ...more] = text.split("\n");
  const signature = signed.split(" ")[2] ?? "";
  if (origin !== "kaelix/audit" || more.length > 0 || rest.length > 0 || !/^\d+$/.test(size)) return undefined;
  const jwk = { kty: "OKP", crv: "Ed25519", x: publicKey };
  const bytes = Buffer.from(signature.trim(), "base64").subarray(4);
  const isSigned = verify(null, Buffer.from(`${text}\n`), createPublicKey({ key: jwk, format: "jwk" }), bytes);
  return isSigned ? { size: Number(size), root } : undefined;
}

function fieldOf(line: Uint8Array, name: string): unknown {
  try {
    return new Map<string, unknown>(Object.entries(JSON.parse(Buffer.from(line).toString()) ?? {})).get(name);
  } catch {
    return undefined;
  }
}
