import type { ReactNode } from "react";
import { encode } from "uqr";

/** Modules of white around it: scanners ask for four. */
const BORDER = 4;

/** A text as a QR code: one path, dark on white in either appearance, as scanners expect. */
export function QrCode({ text, label }: { readonly text: string; readonly label: string }): ReactNode {
  const { data, size } = encode(text, { border: BORDER });
  const path = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : []))).join("");
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
      className="size-44 rounded-control"
      data-testid="qr-code"
    >
      <rect width={size} height={size} className="fill-code-paper" />
      <path d={path} className="fill-code-ink" />
    </svg>
  );
}
