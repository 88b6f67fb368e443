/** Questions about one's own life: what answers them, and what merely holds their words. */
import { loadLanguage } from "@kaelix/views";
import { beforeAll, expect, test } from "vitest";

import { ask } from "./ask.ts";
import { answersTo, NOTHING, OWNER, sourceOf } from "./testing.ts";

/** A Tuesday. */
const NOW_MS = Date.UTC(2026, 9, 20, 9);

beforeAll(() => loadLanguage("en"));

type Told = readonly [on: string, text: string, speaker?: string];

/** Holds the words of the questions and answers none. */
const CHATTER: readonly Told[] = [
  "work was busy",
  "what a nice dog in the park",
  "Tom's dog is called Max",
  "the concert was live on TV",
  "November rain is such a song",
  "his sister Ella has plans",
  "the name of the game",
  "is my dog here?",
  "I don't work at Orbis",
].flatMap((text, at) => [
  ["2026-02-1" + at, text] as const,
  ["2026-03-1" + at, `${text}, my cat is at home in Leeds and I have plans`, "Carla"] as const,
]);

async function answered(question: string, told: readonly Told[] = []): Promise<string[]> {
  const all = [...CHATTER, ...told].map(([on, text, speaker]) =>
    speaker === undefined ? { on, text } : { on, text, speaker },
  );
  const found = await ask(sourceOf(all, { nowMs: NOW_MS }), { userId: OWNER, ceiling: 2, question });
  return found.kind === "nothing" ? found.sentences.map(({ text }) => text) : found.citations.map(({ text }) => text);
}

const QUESTIONS = [
  "what is the name of my dog",
  "What's my dog called?",
  "What is my sister's name?",
  "How is my cat called?",
  "do I have plans in November",
  "What are my plans for November?",
  "Am I free next week?",
  "where do I work",
  "Who is my employer?",
  "What is my job?",
  "Where do I live?",
  "Which school did I go to?",
];

test.each(QUESTIONS)("%s: who told nothing of it is told that there is nothing", async (question) => {
  expect(await answered(question)).toEqual(NOTHING);
});

test("the name of whom or what is mine is quoted, by any of their words, and never that of another's", async () => {
  const told: readonly Told[] = [
    ["2026-04-01", "We got a puppy today, her name is Biscuit"],
    ["2026-04-02", "my cat Whiskers hates the vet"],
    ["2026-04-03", "My little sister Nadia moved to Leeds"],
    ["2026-04-04", "How is your grandma Rosa?", "Carla"],
    ["2026-04-05", "Your grandma Rosa is a star", "Carla"],
    ["2026-04-06", "my brother was ill on Monday"],
  ];
  for (const question of ["what is the name of my dog", "What's my dog called?", "what is my dog's name"])
    expect(await answered(question, told)).toEqual(["We got a puppy today, her name is Biscuit"]);
  expect(await answered("What is the name of my cat?", told)).toEqual(["my cat Whiskers hates the vet"]);
  expect(await answered("What is my sister's name?", told)).toEqual(["My little sister Nadia moved to Leeds"]);
  expect(await answered("What is my granny called?", told)).toEqual(["Your grandma Rosa is a star"]);
  // A day is nobody's name.
  expect(await answered("What is my brother's name?", told)).toEqual(NOTHING);
});

test("plans within a time are what was told of its days before they came, the nearest first", async () => {
  const told: readonly Told[] = [
    ["2025-11-05", "Went to the fireworks on 5 November with Sam"],
    ["2026-09-01", "Concert with Priya on 14 November"],
    ["2026-10-18", "Flying to Lisbon on 3 November"],
    ["2026-10-19", "Dentist next Wednesday"],
    ["2026-10-19", "Are you around on 7 November?"],
    ["2026-08-01", "In December we move house"],
  ];
  const inNovember = ["Flying to Lisbon on 3 November", "Concert with Priya on 14 November"];
  for (const question of [
    "do I have plans in November",
    "What are my plans for November?",
    "Anything planned in November?",
  ])
    expect(await answered(question, told)).toEqual(inNovember);
  expect(await answered("Am I free on 14 November?", told)).toEqual(["Concert with Priya on 14 November"]);
  expect(await answered("Am I free on 15 November?", told)).toEqual(NOTHING);
  expect(await answered("What's planned for December?", told)).toEqual(["In December we move house"]);
  expect(await answered("do I have plans in March", told)).toEqual(NOTHING);
});

test("where and as what somebody lives is what they said of themself, and holds still", async () => {
  const told: readonly Told[] = [
    ["2026-02-01", "Left my job at Orbis"],
    ["2026-05-01", "I started at Halden Rail on Monday, as an engineer"],
    ["2026-05-02", "I work at the library", "Carla"],
    ["2026-05-03", "We live in Sheffield, near the park"],
    ["2026-05-04", "Studied physics at Lund University"],
  ];
  for (const question of ["where do I work", "Who is my employer?", "What is my job?", "Who do I work for?"])
    expect(await answered(question, told)).toEqual(["I started at Halden Rail on Monday, as an engineer"]);
  expect(await answered("Where do I live?", told)).toEqual(["We live in Sheffield, near the park"]);
  expect(await answered("Where did I study?", told)).toEqual(["Studied physics at Lund University"]);
});

test("questions about others, and those that are no such question, are answered as before", async () => {
  expect(await answered("What is the name of Tom's dog?")).toContain("Tom's dog is called Max");
  expect(await answered("Where does Carla work?", [["2026-05-02", "I work at the library", "Carla"]])).toContain(
    "I work at the library",
  );
  expect(await answered("Where is my cat?")).not.toEqual(NOTHING);
});

/** What is told in a language, and the line that answers; the last three lines answer nothing. */
const LANGUAGES: readonly (readonly [string, readonly string[], readonly (readonly [string, number | null])[]])[] = [
  [
    "de",
    [
      "Seit Mai arbeite ich als Pfleger im Klinikum",
      "Wir wohnen in Bremen, nahe am Fluss",
      "Dienstags und freitags gehe ich schwimmen",
      "Die Arbeit war anstrengend",
      "Carla: Ich arbeite bei der Bahn und wohne in Köln",
      "Früher habe ich in Jena gewohnt",
    ],
    [
      ["Wo arbeite ich?", 0],
      ["Als was arbeite ich seit Mai?", 0],
      ["Wo wohne ich?", 1],
      ["In welcher Stadt wohne ich?", 1],
      ["Wie oft gehe ich schwimmen?", 2],
      ["Wann gehe ich schwimmen?", 2],
    ],
  ],
  [
    "es",
    [
      "Trabajo en el hospital de Sevilla",
      "Nos mudamos a Cádiz, cerca del río",
      "Voy a nadar los martes y los viernes",
      "El trabajo en casa es aburrido",
      "Carla: Vivo en León y trabajo en un banco",
      "Antes trabajo en Jaén, ya no",
    ],
    [
      ["¿Dónde trabajo?", 0],
      ["¿Para quién trabajo?", 0],
      ["¿Dónde vivo?", 1],
      ["¿Cuándo voy a nadar?", 2],
    ],
  ],
  [
    "fr",
    [
      "Je travaille à la mairie de Lyon",
      "J’habite à Nantes, près de la gare",
      "Je vais nager le mardi et le vendredi",
      "Le travail est fatigant",
      "Carla: Je travaille chez un notaire et j’habite à Lille",
      "Je ne travaille plus au port",
    ],
    [
      ["Où est-ce que je travaille ?", 0],
      ["Pour qui est-ce que je travaille ?", 0],
      ["Où est-ce que j'habite ?", 1],
      ["Quand est-ce que je vais nager ?", 2],
    ],
  ],
  [
    "it",
    [
      "Lavoro presso la biblioteca di Torino",
      "Ci siamo trasferiti a Bologna, vicino al parco",
      "Vado a nuotare il martedì e il venerdì",
      "Il lavoro in casa non finisce",
      "Carla: Lavoro in banca e abito a Pisa",
      "Prima vivevo a Bari",
    ],
    [
      ["Dove lavoro?", 0],
      ["Per chi lavoro?", 0],
      ["Dove vivo?", 1],
      ["Quando vado a nuotare?", 2],
    ],
  ],
  [
    "pt",
    [
      "Trabalho numa padaria no Porto",
      "Mudei-me para Braga, perto do rio",
      "Vou nadar à terça e à sexta",
      "O trabalho em casa cansa",
      "Carla: Trabalho no banco e moro em Faro",
      "Deixei de morar em Beja",
    ],
    [
      ["Onde trabalho?", 0],
      ["Para quem trabalho?", 0],
      ["Onde é que eu moro?", 1],
      ["Quando vou nadar?", 2],
    ],
  ],
  [
    "tr",
    [
      "Hastanede hemşire olarak çalışıyorum",
      "İzmir'de oturuyoruz, parkın yanında",
      "Salı ve cuma günleri yüzmeye gidiyorum",
      "İş çok yorucuydu",
      "Carla: Bankada çalışıyorum, Bursa'da oturuyorum",
      "Eskiden Ankara'da oturuyordum",
    ],
    [
      ["Nerede çalışıyorum?", 0],
      ["Hangi şirkette çalışıyorum?", 0],
      ["Nerede yaşıyorum?", 1],
      ["Ne zaman yüzmeye gidiyorum?", 2],
    ],
  ],
  [
    "en",
    [
      "Main Infosys mein kaam karta hoon",
      "Hum Pune mein rehte hain, station ke paas",
      "Main mangalwar ko swimming jaata hoon",
      "Kaam bahut tha aaj",
      "Carla: Main bank mein kaam karti hoon aur Nagpur mein rehti hoon",
      "Pehle main Delhi mein rehta tha",
    ],
    [
      ["main kahan kaam karta hoon?", 0],
      ["main kis company mein kaam karta hoon?", 0],
      ["main kahan rehta hoon?", 1],
      ["main swimming kab jaata hoon?", 2],
    ],
  ],
];

test.each(LANGUAGES)(
  "in %s, what is one's own is found by its meaning, and nothing where it is not told",
  async (language, lines, questions) => {
    await loadLanguage(language);
    const told = lines.map((line, at) => {
      const [, speaker, text = ""] = /^(?:(Carla): )?(.*)$/u.exec(line) ?? [];
      return { on: `2026-03-1${at}`, text, ...(speaker === undefined ? {} : { speaker }) };
    });
    const first = async (question: string, from: number): Promise<number | null> => {
      const source = sourceOf(told.slice(from), { language, nowMs: NOW_MS });
      const [citation] = (await ask(source, { userId: OWNER, ceiling: 2, question })).citations;
      return citation === undefined ? null : told.findIndex(({ text }) => text.includes(citation.text));
    };
    const answers: (readonly [string, number | null])[] = [];
    const withoutThem: (number | null)[] = [];
    for (const [question] of questions) {
      answers.push([question, await first(question, 0)]);
      withoutThem.push(await first(question, 3));
    }
    expect(answers).toEqual(questions);
    expect(withoutThem).toEqual(questions.map(() => null));
  },
);

test("somebody by their part in the asker's life is named where the asker says who has it", async () => {
  const told = [
    { on: "2025-01-05", text: "The landlord is Mr Petrakis, he prefers texts over calls" },
    { on: "2025-01-06", text: "The landlord is strict", speaker: "Ted" },
    { on: "2025-01-07", text: "The landlord is Mrs Hall, says Ines of her flat", speaker: "Ines" },
  ];
  const found = await answersTo("What's my landlord's name?", told);
  expect(found).toHaveLength(1);
  expect(found[0]).toContain("Petrakis");
});
