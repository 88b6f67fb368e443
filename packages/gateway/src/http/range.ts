import { gatewayErrors } from "../errors.ts";

/** Bytes `[from, to)`. */
interface ByteRange {
  readonly from: number;
  readonly to: number;
}

/**
 * Reads a `Range` header (RFC 9110, section 14): one range of bytes.
 * @returns undefined when there is none, or one of another kind or of several ranges: then all of it is answered
 * @throws `range-unsatisfiable` when nothing of it is there
 */
export function parseRange(header: string | undefined, size: number): ByteRange | undefined {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? "");
  const [, first = "", last = ""] = match ?? [];
  if (first === "" && last === "") return undefined;
  if (first !== "" && last !== "" && Number(last) < Number(first)) return undefined;
  const from = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const to = first === "" || last === "" ? size : Math.min(size, Number(last) + 1);
  if (from < to) return { from, to };
  throw gatewayErrors("range-unsatisfiable", {
    message: `Cannot answer the range: the file has ${size} bytes`,
    details: { bytes: size },
  });
}
