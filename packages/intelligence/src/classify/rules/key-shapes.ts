/** Secrets known by their shape alone: key blocks, API tokens, connection strings, Wi-Fi codes. Level 4. */
import type { Evidence } from "./evidence.ts";
import { type Scene, tokenAt } from "./scene.ts";

interface KeyShape {
  readonly rule: string;
  readonly text: string;
  /** What the secret begins with, as a pattern source without quantifiers. */
  readonly head: string;
  /** Signs of [A-Za-z0-9_-.+/=] that must follow the head. */
  readonly tailMin: number;
}

const TOKEN_TEXT = "Holds an API token";

/** Every shape; tests walk these pattern sources. */
const KEY_SHAPES: readonly KeyShape[] = [
  { rule: "key-block", text: "Holds a private key", head: "-----BEGIN [A-Z ]{0,20}PRIVATE KEY", tailMin: 0 },
  { rule: "key-block", text: "Holds a private key", head: "AGE-SECRET-KEY-1", tailMin: 20 },
  { rule: "key-openai", text: TOKEN_TEXT, head: "\\bsk-", tailMin: 16 },
  { rule: "key-stripe", text: TOKEN_TEXT, head: "\\b[sr]k_(?:live|test)_", tailMin: 10 },
  { rule: "key-github", text: TOKEN_TEXT, head: "\\bgh[pousr]_|github_pat_", tailMin: 16 },
  { rule: "key-gitlab", text: TOKEN_TEXT, head: "\\bglpat-", tailMin: 12 },
  { rule: "key-slack", text: TOKEN_TEXT, head: "\\bxox[abeprs]-", tailMin: 10 },
  { rule: "key-aws", text: TOKEN_TEXT, head: "\\bA(?:KI|SI)A(?=[A-Z0-9]{12})", tailMin: 12 },
  { rule: "key-google", text: TOKEN_TEXT, head: "\\bAIza|\\bya29\\.", tailMin: 20 },
  {
    rule: "key-vendor",
    text: TOKEN_TEXT,
    head: "\\bhf_|\\bnpm_|\\bpypi-|\\bSG\\.|\\bwhsec_|\\bshpat_|\\bdop_v1_|\\btskey-|\\bsq0atp-|\\bxapp-",
    tailMin: 16,
  },
  { rule: "key-jwt", text: "Holds a signed session token", head: "\\beyJ(?=[A-Za-z0-9_-]{5})", tailMin: 24 },
  { rule: "key-wifi-code", text: "Holds a Wi-Fi code with its password", head: "\\bWIFI:(?=[A-Z]{1,2}:)", tailMin: 1 },
  { rule: "key-otpauth", text: "Holds the seed of one-time codes", head: "\\botpauth://", tailMin: 4 },
];

const ANY_SHAPE = new RegExp(KEY_SHAPES.map((shape) => `(${shape.head})`).join("|"), "g");
const SHAPES_MAX = 16;

function tailLength(text: string, start: number): number {
  let at = start;
  while (at < text.length && at - start < 200 && /[\w\-.+/=]/.test(text[at] ?? " ")) at += 1;
  return at - start;
}

function findUrlPassword(scene: Scene): Evidence[] {
  const { text, tokens } = scene;
  for (let at = text.indexOf("://"), seen = 0; at >= 0 && seen < 64; at = text.indexOf("://", at + 3), seen += 1) {
    const rest = text.slice(at + 3, at + 120);
    const authority = rest.split(/[\s/?#]/, 1)[0] ?? "";
    const sign = authority.lastIndexOf("@");
    const colon = authority.indexOf(":");
    if (sign > 0 && colon >= 0 && colon < sign - 1) {
      const text4 = "Holds an address with a password in it";
      return [{ rule: "key-url-password", level: 4, weight: 0.9, text: text4, at: tokenAt(tokens, at), soft: false }];
    }
  }
  return [];
}

/** All secrets known by their shape. */
export function findKeyShapes(scene: Scene): Evidence[] {
  const found: Evidence[] = [];
  for (const match of scene.text.matchAll(ANY_SHAPE)) {
    const shape = KEY_SHAPES[match.slice(1).findIndex((part) => part !== undefined)];
    if (shape === undefined || tailLength(scene.text, match.index + match[0].length) < shape.tailMin) continue;
    found.push({
      rule: shape.rule,
      level: 4,
      weight: 0.95,
      text: shape.text,
      at: tokenAt(scene.tokens, match.index),
      soft: false,
    });
    if (found.length >= SHAPES_MAX) break;
  }
  return [...found, ...findUrlPassword(scene)];
}
