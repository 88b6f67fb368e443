/**
 * Relative times in German, Spanish, French, Italian, Portuguese and Dutch: days, weeks, months, years. Only read in a text of their
 * language: "hier" is yesterday in French and here in German.
 */
import {
  daySpan,
  monthSpan,
  type TimeMention,
  type TimeOptions,
  type TimeSpan,
  weekSpan,
  yearSpan,
} from "./time-span.ts";

type Unit = "day" | "week" | "month" | "year";

interface Phrases {
  /** Words that name a day, by days from when they are said. */
  readonly days: Readonly<Record<string, number>>;
  /** Phrases for last, this and next of a unit, by unit and steps. */
  readonly steps: readonly (readonly [RegExp, Unit, number])[];
  /** "vor drei Tagen": the number is the first group, the unit the second. */
  readonly ago: RegExp;
  readonly units: Readonly<Record<string, Unit>>;
  readonly counts: Readonly<Record<string, number>>;
}

const LANGUAGES: Readonly<Record<string, Phrases>> = {
  de: {
    days: { vorgestern: -2, gestern: -1, heute: 0, übermorgen: 2 },
    steps: [
      [/\b(letzte|vorige|vergangene)n? woche\b/giu, "week", -1],
      [/\bnächste woche\b/giu, "week", 1],
      [/\b(letzten|vorigen|vergangenen) monat\b/giu, "month", -1],
      [/\b(letztes|voriges|vergangenes) jahr\b/giu, "year", -1],
      [/\bnächstes jahr\b/giu, "year", 1],
    ],
    ago: /\bvor (\d{1,3}|eine[mr]|zwei|drei|vier|fünf|sechs) (tag|tagen|woche|wochen|monat|monaten|jahr|jahren)\b/giu,
    units: { tag: "day", woche: "week", monat: "month", jahr: "year" },
    counts: { einem: 1, einer: 1, zwei: 2, drei: 3, vier: 4, fünf: 5, sechs: 6 },
  },
  es: {
    days: { anteayer: -2, ayer: -1, anoche: -1, hoy: 0 },
    steps: [
      [/\bla semana pasada\b/giu, "week", -1],
      [/\bel mes pasado\b/giu, "month", -1],
      [/\bel año pasado(?!\p{L})/giu, "year", -1],
      [/\bla (próxima semana|semana que viene)\b/giu, "week", 1],
    ],
    ago: /\bhace (\d{1,3}|un|una|dos|tres|cuatro|cinco|seis) (días?|semanas?|mes(?:es)?|años?)(?!\p{L})/giu,
    units: { día: "day", semana: "week", mes: "month", año: "year" },
    counts: { un: 1, una: 1, dos: 2, tres: 3, cuatro: 4, cinco: 5, seis: 6 },
  },
  fr: {
    days: { "avant-hier": -2, hier: -1, "aujourd'hui": 0, "aujourd’hui": 0, demain: 1 },
    steps: [
      [/\bla semaine (dernière|passée)(?!\p{L})/giu, "week", -1],
      [/\ble mois dernier\b/giu, "month", -1],
      [/\bl['’]année dernière\b|\bl['’]an dernier\b/giu, "year", -1],
      [/\bla semaine prochaine\b/giu, "week", 1],
    ],
    ago: /\bil y a (\d{1,3}|une?|deux|trois|quatre|cinq|six) (jours?|semaines?|mois|ans?)\b/giu,
    units: { jour: "day", semaine: "week", moi: "month", an: "year" },
    counts: { un: 1, une: 1, deux: 2, trois: 3, quatre: 4, cinq: 5, six: 6 },
  },
  it: {
    days: { "l'altro ieri": -2, ieri: -1, oggi: 0, domani: 1, dopodomani: 2 },
    steps: [
      [/\bla settimana scorsa\b|\bla scorsa settimana\b/giu, "week", -1],
      [/\bil mese scorso\b|\blo scorso mese\b/giu, "month", -1],
      [/\bl['’]anno scorso\b/giu, "year", -1],
    ],
    ago: /\b(\d{1,3}|una?|due|tre|quattro|cinque|sei) (giorn[oi]|settiman[ae]|mes[ei]|ann[oi]) fa\b/giu,
    units: {
      giorno: "day",
      giorni: "day",
      settimana: "week",
      settimane: "week",
      mese: "month",
      mesi: "month",
      anno: "year",
      anni: "year",
    },
    counts: { un: 1, una: 1, due: 2, tre: 3, quattro: 4, cinque: 5, sei: 6 },
  },
  pt: {
    days: { anteontem: -2, ontem: -1, hoje: 0, amanhã: 1 },
    steps: [
      [/\b(na )?semana passada\b/giu, "week", -1],
      [/\b(no )?mês passado\b/giu, "month", -1],
      [/\b(no )?ano passado\b/giu, "year", -1],
    ],
    ago: /\bhá (\d{1,3}|uma?|dois|duas|três|quatro|cinco|seis) (dias?|semanas?|m[êe]s(?:es)?|anos?)\b/giu,
    units: { dia: "day", semana: "week", mês: "month", mese: "month", ano: "year" },
    counts: { um: 1, uma: 1, dois: 2, duas: 2, três: 3, quatro: 4, cinco: 5, seis: 6 },
  },
  nl: {
    days: { eergisteren: -2, gisteren: -1, vandaag: 0, overmorgen: 2 },
    steps: [
      [/\b(vorige|afgelopen) week\b/giu, "week", -1],
      [/\bvolgende week\b/giu, "week", 1],
      [/\b(vorige|afgelopen) maand\b/giu, "month", -1],
      [/\b(vorig|afgelopen) jaar\b/giu, "year", -1],
    ],
    ago: /\b(\d{1,3}|een|twee|drie|vier|vijf|zes) (dag|dagen|week|weken|maand|maanden|jaar) geleden\b/giu,
    units: { dag: "day", dagen: "day", week: "week", weken: "week", maand: "month", maanden: "month", jaar: "year" },
    counts: { een: 1, twee: 2, drie: 3, vier: 4, vijf: 5, zes: 6 },
  },
};

/** The relative times of a text in one of these languages, in no order. */
export function findForeignTimes(text: string, { atMs, language }: TimeOptions): TimeMention[] {
  const phrases = language === undefined ? undefined : LANGUAGES[language];
  if (phrases === undefined) return [];
  const found: TimeMention[] = [];
  const push = (start: number, words: string, span: TimeSpan): void => {
    found.push({ ...span, start, end: start + words.length, text: words, isRelative: true });
  };
  for (const [word, days] of Object.entries(phrases.days)) {
    const pattern = new RegExp(`(?<![\\p{L}-])${word}(?![\\p{L}-])`, "giu");
    for (const match of text.matchAll(pattern)) push(match.index, match[0], daySpan(atMs, days));
  }
  for (const [pattern, unit, step] of phrases.steps) {
    for (const match of text.matchAll(pattern)) push(match.index, match[0], away(atMs, unit, step));
  }
  for (const match of text.matchAll(phrases.ago)) {
    const [whole, number = "", name = ""] = match;
    const count = phrases.counts[number.toLowerCase()] ?? Number(number);
    const unit = unitNamed(phrases, name.toLowerCase());
    if (unit !== undefined) push(match.index, whole, away(atMs, unit, -count));
  }
  return found;
}

function unitNamed({ units }: Phrases, name: string): Unit | undefined {
  const endings = ["", "s", "es", "n", "en"];
  const ending = endings.find(
    (one) => name.endsWith(one) && units[name.slice(0, name.length - one.length)] !== undefined,
  );
  return ending === undefined ? undefined : units[name.slice(0, name.length - ending.length)];
}

function away(atMs: number, unit: Unit, count: number): TimeSpan {
  switch (unit) {
    case "day":
      return daySpan(atMs, count);
    case "week":
      return weekSpan(atMs, count);
    case "month":
      return monthSpan(atMs, count);
    case "year":
      return yearSpan(atMs, count);
  }
}
