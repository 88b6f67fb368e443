/** Questions about one of several people: answered from what was told of them, or not at all. */
import { loadLanguage } from "@kaelix/views";
import { expect, test } from "vitest";

import { ask } from "./ask.ts";
import { answersTo, OWNER, sourceOf, type Told } from "./testing.ts";

const NOW_MS = Date.UTC(2024, 5, 12, 9);

interface Life {
  readonly title: string;
  readonly language: string;
  /** "Ann: …" is said by Ann, the rest by the owner. */
  readonly lines: readonly string[];
  /** The line that answers, or null. */
  readonly questions: readonly (readonly [question: string, line: number | null])[];
}

const LIVES: readonly Life[] = [
  {
    title: "notes",
    language: "en",
    lines: [
      "Mia works at the library in Leeds",
      "Tom works at Halden Rail as an engineer",
      "Tom's birthday is on 14 March",
      "Mia moved to Leeds in May",
      "Tom is allergic to walnuts",
      "Mia plays the cello on Tuesdays",
      "Tom has a dog called Max",
      "I sold my bicycle to a neighbour",
    ],
    questions: [
      ["Where does Mia work?", 0],
      ["Where does Tom work?", 1],
      ["When is Tom's birthday?", 2],
      ["When is Mia's birthday?", null],
      ["When did Mia move to Leeds?", 3],
      ["When did Tom move to Leeds?", null],
      ["What is Tom allergic to?", 4],
      ["What is Mia allergic to?", null],
      ["When does Mia play the cello?", 5],
      ["When does Tom play the cello?", null],
      ["What is Tom's dog called?", 6],
      ["What is Mia's dog called?", null],
      ["To whom did Tom sell his bicycle?", null],
    ],
  },
  {
    title: "a chat",
    language: "en",
    lines: [
      "Ann: I signed up for a pottery class on Thursdays",
      "Ben: Nice! Last weekend I bought a red canoe",
      "Ann: My charity race in Leeds was thought-provoking",
      "Ben: How was the hike with your brother, Ann?",
      "Ann: Wet, but lovely",
      "Ben: I'm allergic to penicillin, found out the hard way",
    ],
    questions: [
      ["Which class did Ann sign up for?", 0],
      ["Which class did Ben sign up for?", null],
      ["What did Ben buy last weekend?", 1],
      ["What did Ann buy last weekend?", null],
      ["How was Ann's charity race in Leeds?", 2],
      ["How was Ben's charity race in Leeds?", null],
      ["How was the hike of Ann?", 3],
      ["What is Ben allergic to?", 5],
      ["What is Ann allergic to?", null],
    ],
  },
  {
    title: "German notes",
    language: "de",
    lines: [
      "Lena arbeitet bei Siemens in Erlangen",
      "Jonas ist gegen Penicillin allergisch",
      "Lena hat am 3. Mai Geburtstag",
      "Jonas spielt dienstags Cello",
    ],
    questions: [
      ["Wo arbeitet Lena?", 0],
      ["Wo arbeitet Jonas?", null],
      ["Wogegen ist Jonas allergisch?", 1],
      ["Wogegen ist Lena allergisch?", null],
      ["Wann hat Lena Geburtstag?", 2],
      ["Wann hat Jonas Geburtstag?", null],
    ],
  },
  {
    title: "Spanish notes",
    language: "es",
    lines: [
      "Lucía trabaja en el hospital de Sevilla",
      "Pablo es alérgico a los frutos secos",
      "El cumpleaños de Lucía es el 23 de noviembre",
      "Pablo toca el violín",
    ],
    questions: [
      ["¿Dónde trabaja Lucía?", 0],
      ["¿Dónde trabaja Pablo?", null],
      ["¿A qué es alérgico Pablo?", 1],
      ["¿Cuándo es el cumpleaños de Pablo?", null],
    ],
  },
  {
    title: "French notes",
    language: "fr",
    lines: [
      "Camille travaille à la mairie de Lyon",
      "Hugo est allergique aux noix",
      "L'anniversaire de Camille est le 2 juin",
    ],
    questions: [
      ["Où travaille Camille ?", 0],
      ["Où travaille Hugo ?", null],
      ["À quoi Hugo est-il allergique ?", 1],
      ["Quand est l'anniversaire de Hugo ?", null],
    ],
  },
  {
    title: "Turkish notes",
    language: "tr",
    lines: ["Zeynep hastanede çalışıyor", "Emre'nin fıstığa alerjisi var", "Zeynep'in doğum günü 3 Mayıs"],
    questions: [
      ["Zeynep nerede çalışıyor?", 0],
      ["Emre nerede çalışıyor?", null],
      ["Zeynep'in neye alerjisi var?", null],
      ["Emre'nin doğum günü ne zaman?", null],
    ],
  },
];

/** Tells nothing of anybody. */
const FILLER = ["bread, milk, 7 apples", "rain all day", "the lift is out of order", "new tyres: 240"];

test.each(LIVES)("$title: what was told of one is no answer about another", async ({ language, lines, questions }) => {
  await loadLanguage(language);
  const texts = lines.map((line) => /^(?:(Ann|Ben): )?(.*)$/u.exec(line)?.slice(1) ?? []);
  const told = texts.map(([speaker, text = ""], at): Told => {
    const on = `2024-03-${String(at + 10)}`;
    return speaker === undefined ? { on, text } : { on, text, speaker };
  });
  const source = sourceOf([...told, ...FILLER.map((text) => ({ on: "2024-02-01", text }))], {
    language,
    nowMs: NOW_MS,
  });
  const answers: (readonly [string, number | null])[] = [];
  for (const [question] of questions) {
    const { citations } = await ask(source, { userId: OWNER, ceiling: 2, question });
    const [first] = citations;
    answers.push([question, first === undefined ? null : told.findIndex(({ text }) => text.includes(first.text))]);
  }
  expect(answers).toEqual(questions);
});

test("a list that names somebody before a German noun is of them, and speaks to nobody", async () => {
  await loadLanguage("de");
  const told: readonly Told[] = [
    { on: "2025-12-20", text: "Weihnachtsgeschenke: Ines ein Vogelhaus, Konrad Wollsocken" },
    { on: "2025-12-21", text: "Bis morgen", speaker: "Konrad" },
  ];
  const [first] = await answersTo("Was habe ich Konrad zu Weihnachten geschenkt?", told, "de");
  expect(first).toContain("Wollsocken");
});
