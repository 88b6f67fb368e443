/** Texts that run a script where a page takes them for more than text. `hit()` is what they call. */
import { grownPayloads } from "./grammar.ts";

const CODE = "hit(1)";
const TAGS = [
  `<script>${CODE}</script>`,
  `<ScRiPt>${CODE}</sCrIpT>`,
  `<script src=data:text/javascript,${CODE}></script>`,
  `<script type=module>${CODE}</script>`,
  `<img src=x onerror=${CODE}>`,
  `<img src=x onerror="${CODE}">`,
  `<img/src=x/onerror=${CODE}>`,
  `<svg onload=${CODE}>`,
  `<svg><script>${CODE}</script></svg>`,
  `<svg><animate onbegin=${CODE} attributeName=x dur=1s>`,
  `<svg><a xlink:href="javascript:${CODE}"><text x=20 y=20>X</text></a></svg>`,
  `<math><mi xlink:href="javascript:${CODE}">x</mi></math>`,
  `<body onload=${CODE}>`,
  `<iframe src="javascript:${CODE}"></iframe>`,
  `<iframe srcdoc="<script>parent.${CODE}</script>"></iframe>`,
  `<object data="javascript:${CODE}"></object>`,
  `<embed src="javascript:${CODE}">`,
  `<a href="javascript:${CODE}">x</a>`,
  `<a href="JaVaScRiPt:${CODE}">x</a>`,
  `<a href="java\tscript:${CODE}">x</a>`,
  `<a href="&#106;avascript:${CODE}">x</a>`,
  `<form action="javascript:${CODE}"><button>x</button></form>`,
  `<button formaction="javascript:${CODE}">x</button>`,
  `<details open ontoggle=${CODE}>`,
  `<input autofocus onfocus=${CODE}>`,
  `<select autofocus onfocus=${CODE}>`,
  `<textarea autofocus onfocus=${CODE}>`,
  `<video src=x onerror=${CODE}>`,
  `<audio src=x onerror=${CODE}>`,
  `<video><source onerror=${CODE}></video>`,
  `<marquee onstart=${CODE}>`,
  `<meta http-equiv=refresh content="0;url=javascript:${CODE}">`,
  `<base href="javascript:/a/-${CODE}//">`,
  `<link rel=stylesheet href="javascript:${CODE}">`,
  `<link rel=import href="data:text/html,<script>${CODE}</script>">`,
  `<style>@import 'javascript:${CODE}';</style>`,
  `<div style="background:url(javascript:${CODE})">`,
  `<div style="width:expression(${CODE})">`,
  `<table background="javascript:${CODE}">`,
  `<template><script>${CODE}</script></template>`,
  `<noscript><p title="</noscript><img src=x onerror=${CODE}>">`,
  `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=${CODE}&gt;">`,
  `<svg></p><style><a id="</style><img src=1 onerror=${CODE}>">`,
  `<form><math><mtext></form><form><mglyph><style></math><img src onerror=${CODE}>`,
  `"><script>${CODE}</script>`,
  `'><img src=x onerror=${CODE}>`,
  `--><script>${CODE}</script>`,
  `]]><script>${CODE}</script>`,
  `</title><script>${CODE}</script>`,
  `</textarea><script>${CODE}</script>`,
  `</script><script>${CODE}</script>`,
  `</style><script>${CODE}</script>`,
  `" onmouseover=${CODE} x="`,
  `' onfocus=${CODE} autofocus='`,
  `\` onerror=${CODE} \``,
  `javascript:${CODE}`,
  `data:text/html,<script>${CODE}</script>`,
  `vbscript:${CODE}`,
  `[x](javascript:${CODE})`,
  `![x](x"onerror="${CODE})`,
  `[x]: javascript:${CODE}`,
  `<javascript:${CODE}>`,
  `{{constructor.constructor('${CODE}')()}}`,
  `\${${CODE}}`,
  `<%= ${CODE} %>`,
  `#{${CODE}}`,
  `&lt;script&gt;${CODE}&lt;/script&gt;`,
  `&#60;script&#62;${CODE}&#60;/script&#62;`,
  `\\u003cscript\\u003e${CODE}\\u003c/script\\u003e`,
  `%3Cscript%3E${CODE}%3C/script%3E`,
  `<\u0000script>${CODE}</script>`.replace("\u0000", "\u200b"),
  `＜script＞${CODE}＜/script＞`,
  `<x onclick=${CODE}>click</x>`,
  `<p contenteditable onblur=${CODE} autofocus>x`,
  `{"__html":"<img src=x onerror=${CODE}>"}`,
  `<a href="http://x" target=_blank onclick=${CODE}>http://x</a>`,
];
const AROUND: readonly ((payload: string) => string)[] = [
  (payload) => `${payload} xssmark`,
  (payload) => `xssmark ${payload}`,
  (payload) => `The xssmark lies beside ${payload} and after it.`,
  (payload) => `xssmark\n${payload}\nxssmark`,
];

/** How many there are. */
export const PAYLOADS = 1_500;

/**
 * `count` of them, spread over all: those that are known from elsewhere, each in four surroundings, and those that the grammar makes.
 * Each is named by its family.
 */
export function payloads(count = PAYLOADS): readonly { readonly family: string; readonly text: string }[] {
  const known = TAGS.flatMap((tag) => AROUND.map((around) => ({ family: "known", text: around(tag) })));
  const grown = grownPayloads(PAYLOADS - known.length).map(({ family, text }, at) => ({
    family,
    text: (AROUND[at % AROUND.length] ?? ((same) => same))(text),
  }));
  const all = [...known, ...grown];
  const step = all.length / Math.min(count, all.length);
  return Array.from({ length: Math.min(count, all.length) }, (_, at) => all[Math.floor(at * step)]).filter(
    (one) => one !== undefined,
  );
}
