/**
 * What a lesson knows of a text: the words of it as numbers. A number is a hash under a seed of this process, so that nothing of it means
 * anything elsewhere, and none is written anywhere; bare figures are left out and others known by their shape, so no code or amount is in it.
 */
import { randomBytes } from "node:crypto";

import { foldWord } from "../extract/fold-word.ts";

const SEED = randomBytes(4).readInt32LE();
const PRIME = 0x01000193;
/** Words are told apart by their beginning: endings are mostly grammar. */
const STEM_LENGTH = 6;
/** Of longer texts the beginning is looked at. */
const LENGTH_MAX = 4_000;
const WORDS = /[\p{L}\p{N}]+/gu;
const FIGURES = /^0+$/;
/** Scripts that put no space between words: two signs next to each other are taken for one. */
const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]/u;

/** Words that stand in any text, folded: of whoever has told little they are nothing to go by. */
const COMMON = new Set(
  (
    "a about after all also am an and any are as at back be because been before but by can could day did do does down for from get go going " +
    "got had has have he her here him his how i if in into is it its just know last like make me more much my need new next no not now of off " +
    "on one only or other our out over please really said say see she should so some still take tell than that the their them then there they " +
    "this time to today tomorrow too two up us very want was way we week well were what when where which who will with would yes yesterday you your " +
    "aber als am an auch auf aus bei bin bis da das dass dem den der des die doch du ein eine einem einen er es fur gut habe haben hat heute ich ihr " +
    "im immer in ist ja jetzt kann kein mal man mein meine mich mir mit morgen nach nicht noch nur oder schon sein sich sie sind so uber um und uns " +
    "vom von vor war was wenn wie wieder wir wird zu zum zur al como con cuando de del el ella en era es esta este esto fue ha hay hoy la las le lo " +
    "los mas me mi muy no nos o para pero por porque que se si sin su sus te tu un una y ya yo au aux avec ce cette dans des du elle est et etait " +
    "il j je l les leur ma mais mes mon ne nous on ou par pas plus pour qu que qui sa sans ses son sur tu une vous che ci di e gli ho i il la le lei " +
    "lui ma mi nel non o per piu si sono sta una ao as com da das do dos ela ele em eu foi isso mais meu minha na nao nas no nos num os ou para por " +
    "quando que sao se sem ser seu sua tem um uma bir bu cok da daha de diye en gibi icin ile ama ben biz ki ne o olan sen sonra var ve ya hai hain " +
    "hi ho ka kar ke ki ko kya main mein mera meri na nahi par se tha the to tum wo yeh " +
    // Of addresses: who has one at the same house is nobody like them.
    "com net org www http https html mail email gmail outlook hotmail yahoo icloud proton gmx web example"
  ).split(" "),
);

function hashOf(text: string): number {
  let hash = SEED;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), PRIME);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return Math.imul(hash ^ (hash >>> 12), 0x297a2d39) ^ (hash >>> 16);
}

/** The words of a text, each once; grammar is left out. */
export function wordsToLearn(text: string): ReadonlySet<number> {
  const found = new Set<number>();
  for (const [word] of text.slice(0, LENGTH_MAX).matchAll(WORDS)) {
    const folded = foldWord(word);
    if (UNSPACED.test(folded)) {
      for (let at = 0; at + 1 < folded.length; at += 1) found.add(hashOf(folded.slice(at, at + 2)));
      continue;
    }
    if (COMMON.has(folded)) continue;
    const shape = folded.replaceAll(/\p{N}/gu, "0");
    // That two texts hold a number of as many figures makes them no kind.
    if (shape.length < 2 || FIGURES.test(shape)) continue;
    found.add(hashOf(shape.length > STEM_LENGTH ? shape.slice(0, STEM_LENGTH) : shape));
  }
  return found;
}
