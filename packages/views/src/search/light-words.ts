/**
 * Words that a question asks with more than they are told with: "Where did we eat the oysters?", "What kind of tent do I need?". What answers
 * holds the oysters and the tent, and often other words for the rest. Pure; lists by language, written from common knowledge.
 *
 * Guarantees: only a question's words are light, which is a text with words of grammar, and only in the language that most of those are of:
 * "kind" is light in English, and a child in German.
 */
import { isStopWord } from "./stop-words.ts";

const LIGHT_WORDS: Readonly<Record<string, string>> = {
  en: `activities activity actually add added again ago another anyone anything ask asked ate bought bring brought buy call called came
come coming currently detail details eat event events everyone everything exactly experience feature find found gave get getting give given
go goes going gone got happen happened hobbies hobby information item items keep kept kind kinds know known last let like live look looked
made make mean meant name named names need needed new one other others own paid part parts pay people person place put reason
recent recently saw see seen sell send sent show sold someone something sort start started stay stayed still take taken talk talked
thing things think thought time times together told took topic try type types use used using usually want wanted way ways went`,
  de: `art arten bekam bekommen besorgen besorgt bleiben blieb brachte brauche brauchen braucht bringen bringt dinge eigentlich erzählen erzählt erzählte essen fahre fahren fährt fand finde finden
findet fragen fragte fressen frisst fuhr gab geben gebracht gebraucht gefahren gefragt gefunden gegangen gegeben geschenkt gegessen gehe gehen geht gekauft gekommen gekriegt gelegt gesagt gemacht genau
genommen gerade geschehen gesehen getan ging gingen gibt halten heißen heißt hießt hieß kam kaufen kaufte kennen komme kommen kommt kriegen lassen lege legen leute
mache machen macht machte namen name nahm nehmen nimmt ort passiert passierte person personen sache sachen sagen sagt sagte sah schenken schenkt schicken geschickt sehen sieht
sorte stelle tat tun tut typ verkaufen verkauft weg wissen wusste zahlen zahlt gezahlt bezahlt bezahlen zeit zeigen`,
  es: `algo alguien busca buscar cosa cosas come comer comí comimos compra comprar compramos compró compré da dar di dijo dio encontrar encontré
gente haber hace hacer hacemos hice hicimos hizo ir llama llaman llamaba llegar lugar manda mandar necesita necesito necesitamos nombre paga pagar pagué pagamos
pasa pasó persona personas pide pidió poner pone puso quería quiere quiero saber sabe tipo tipos tomar toma traer trajo va vamos venta vender vendió vendí
ver vi vio vamos voy fuimos fui usa usar vez veces`,
  fr: `achat achète acheté acheter aller allé allés allée appelle appelée appelé apporter apporté besoin chose choses demande demandé demander dit
donne donné donner envoyé envoyer faire fait faut genre gens lieu manger mangé met mettre mis nom paie payer payé personne personnes passe passé prendre prend pris
quelque quelqu savoir sorte sortes trouve trouvé trouver type types utilise utilisé utiliser va vais vas vend vendre vendu veut veux venir venu vient voir vu voit`,
  it: `andare andato andati andiamo bisogno chiama chiamata chiamato chiede chiesto comprare comprato comprata cose dare dato dice detto fa faccio facciamo fare fatto
gente mangiare mangiato manda mandato mettere messo metti nome pagare pagato paga persona persone porta portare portato prende prendere preso qualcosa qualcuno
sa sapere serve successo tipo tipi trova trovare trovato usa usare usato va vado vede vedere venduto vendere viene visto volta volte vuole voglio`,
  pt: `acontece aconteceu alguém algo chama chamada chamado coisa coisas come comer comi comemos compra comprar comprei comprou comprámos dar dá deu dei disse
encontrar encontrei faz fazer fazemos fez fiz gente ir lugar manda mandar mandou nome nomes paga pagar paguei pagou pessoa pessoas pede pediu pôr pôs
precisa preciso precisamos quer quero saber sabe tipo tipos tomar traz trazer trouxe usa usar vai vamos vende vender vendeu vendi ver vi viu vez vezes vou fomos`,
};

const sets: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries(LIGHT_WORDS).map(([language, words]) => [language, new Set(words.split(/\s+/u))]),
);

/**
 * Which of a query's words are light, as they were typed.
 * @param words lower case, diacritics on
 * @param languages those of the index that is asked
 */
export function lightWordsOf(words: readonly string[], languages: readonly string[]): ReadonlySet<string> {
  const counted = languages.map((language) => ({
    language,
    grammar: words.filter((word) => isStopWord(word, language)).length,
  }));
  const most = Math.max(0, ...counted.map(({ grammar }) => grammar));
  if (most === 0) return new Set();
  const spoken = counted.filter(({ grammar }) => grammar === most).flatMap(({ language }) => sets.get(language) ?? []);
  return new Set(words.filter((word) => spoken.some((light) => light.has(word))));
}
