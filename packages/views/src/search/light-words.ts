/**
 * Words that a question asks with more than they are told with: "Where did we eat the oysters?", "What kind of tent do I need?". What answers
 * holds the oysters and the tent, and often other words for the rest. Pure; lists by language, written from common knowledge.
 *
 * Guarantees: only a question's words are light, which is a text with words of grammar, and only in the language that most of those are of:
 * "kind" is light in English, and a child in German.
 */
import { isStopWord } from "./stop-words.ts";

const LIGHT_WORDS: Readonly<Record<string, string>> = {
  en: `activities activity actually add added again ago amount another anyone anything ask asked ate borrow borrowed bought brand breed bring
brought buy call called came choose chose chosen close closed closes color colour come coming currently date day days detail details eat end
ended ends event events everyone everything exactly experience feature find found gave get getting give given go goes going gone got happen
happened held hobbies hobby hold information item items keep kept kind kinds know known language last leave leaves leaving left lend lent
let like live look looked made make mean meant model name named names need needed new offer offered one open opened opens other others own
paid part parts pay people person pick picked place put reason recent recently recommend recommended saw see seen sell send sent set show
size sold someone something sort spend spent start started stay stayed still suggest suggested take taken talk talked thing things think
thought time times together told took topic try type types use used using usually want wanted way ways wear went wore`,
  de: `angeboten art arten ausgeliehen bekam bekommen besorgen besorgt bezahlen bezahlt bleiben blieb brachte brauche brauchen braucht bringen
bringt dinge eigentlich empfohlen ende enden endet erzählen erzählt erzählte essen fahre fahren fand farbe finde finden findet fragen fragte
fressen frisst fuhr fährt gab geben gebracht gebraucht gefahren gefragt gefunden gegangen gegeben gegessen gehe gehen geht gekauft gekommen
gekriegt gelegt geliehen gemacht genau genommen gerade gesagt geschehen geschenkt geschickt gesehen getan gewählt gezahlt gibt ging gingen
größe halten heißen heißt hieß hießt kam kaufen kaufte kennen komme kommen kommt kriegen lassen lege legen leihen leute mache machen macht
machte marke nahm name namen nehmen nimmt ort passiert passierte person personen rasse sache sachen sagen sagt sagte sah schenken schenkt
schicken schließt sehen sieht sorte sprache stelle tag tage tat trägt tun tut typ verbracht verbringen verkaufen verkauft weg wissen wusste
zahlen zahlt zeigen zeit öffnet`,
  es: `algo alguien busca buscar cosa cosas come comer comí comimos compra comprar compramos compró compré da dar di dijo dio encontrar encontré
gente haber hace hacer hacemos hice hicimos hizo ir llama llaman llamaba llegar lugar manda mandar necesita necesito necesitamos nombre paga
pagar pagué pagamos pasa pasó persona personas pide pidió poner pone puso quería quiere quiero saber sabe tipo tipos tomar toma traer trajo
va vamos venta vender vendió vendí ver vi vio vamos voy fuimos fui usa usar vez veces`,
  fr: `achat achète acheté acheter aller allé allés allée appelle appelée appelé apporter apporté besoin chose choses demande demandé demander dit
donne donné donner envoyé envoyer faire fait faut genre gens lieu manger mangé met mettre mis nom paie payer payé personne personnes passe
passé prendre prend pris quelque quelqu savoir sorte sortes trouve trouvé trouver type types utilise utilisé utiliser va vais vas vend
vendre vendu veut veux venir venu vient voir vu voit`,
  it: `andare andato andati andiamo bisogno chiama chiamata chiamato chiede chiesto comprare comprato comprata cose dare dato dice detto fa faccio
facciamo fare fatto gente mangiare mangiato manda mandato mettere messo metti nome pagare pagato paga persona persone porta portare portato
prende prendere preso qualcosa qualcuno sa sapere serve successo tipo tipi trova trovare trovato usa usare usato va vado vede vedere venduto
vendere viene visto volta volte vuole voglio`,
  pt: `acontece aconteceu alguém algo chama chamada chamado coisa coisas come comer comi comemos compra comprar comprei comprou comprámos dar dá
deu dei disse encontrar encontrei faz fazer fazemos fez fiz gente ir lugar manda mandar mandou nome nomes paga pagar paguei pagou pessoa
pessoas pede pediu pôr pôs precisa preciso precisamos quer quero saber sabe tipo tipos tomar traz trazer trouxe usa usar vai vamos vende
vender vendeu vendi ver vi viu vez vezes vou fomos`,
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
