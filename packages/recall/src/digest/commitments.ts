/**
 * Sentences in which somebody commits to do something. Pure.
 *
 * Made for precision: a verb of doing behind the words that commit, in eight languages; questions, denials and what-ifs are none.
 */

/** How firmly the words commit. `duty`: only a task when a day is named beside it. */
export type CommitmentKind = "promise" | "reminder" | "debt" | "duty";

const ENGLISH_DOING =
  "send|call|phone|ring|bring|pay|return|give|buy|book|check|fix|e-?mail|mail|write|text|finish|pick|drop|let you know|get back|lend|arrange|organi[sz]e|transfer|ask|forward|share|print|prepare|order|cancel|look into|sort|repair|renew|submit|sign|post|deliver|collect|invite|introduce|update|review|reply|answer|confirm|schedule|set up|reserve|register|apply|call back|hand in|drive|help you";
const ENGLISH_BETWEEN =
  "(?:(?:also|just|then|still|definitely|certainly|gladly|happily|try to|be sure to|make sure to|go and|go)\\s+){0,2}";
const DOING = `${ENGLISH_BETWEEN}(?:${ENGLISH_DOING})`;

const word = (pattern: string): RegExp => new RegExp(`(?<![\\p{L}'’])(?:${pattern})(?!\\p{L})`, "iu");

const PROMISES: readonly RegExp[] = [
  word(
    `(?:i|we)(?:['’]ll|\\s+will|\\s+shall|\\s+promised?(?:\\s+\\p{L}+)?\\s+(?:to|(?:that\\s+)?i['’](?:ll|d)))\\s+${DOING}`,
  ),
  word(
    "ich\\s+(?:schicke?|sende|bringe?|rufe?|zahle?|überweise|buche?|kaufe?|gebe?|melde|kümmere|besorge?|hole?|schreibe?|repariere|leihe?|frage?|drucke|bestelle?|erledige|kläre)\\s+(?:dir|dich|euch|ihm|ihr|ihnen|ihn|sie|es|mich|das|die|den|morgen|dann|noch|alles)",
  ),
  word(
    "(?:schicke?|sende|bringe?|rufe?|zahle?|überweise|gebe?|melde|schreibe?)\\s+(?:ich\\s+)?(?:dir|dich|euch|mich bei)",
  ),
  word("ich\\s+(?:habe?\\s+(?:\\p{L}+\\s+){0,6}versprochen|verspreche)"),
  word(
    "(?:te|os|le|les)\\s+(?:mando|env[ií]o|llamo|traigo|llevo|pago|devuelvo|compro|paso|escribo|aviso|confirmo|reservo)|voy a\\s+(?:mandar|enviar|llamar|traer|pagar|devolver|comprar|reservar|escribir|avisar)(?:te|le|les|os)?|(?:te|le)\\s+prometo|prometo",
  ),
  word(
    "je\\s+(?:t['’]|te\\s+|vous\\s+|lui\\s+|leur\\s+)(?:envoie|appelle|apporte|ramène|rends|paie|achète|écris|tiens au courant|confirme|réserve)|je\\s+vais\\s+(?:t['’]|te\\s+|vous\\s+|lui\\s+)?(?:envoyer|appeler|apporter|rendre|payer|acheter|écrire|réserver|confirmer)|je\\s+(?:te\\s+|t['’]ai\\s+)?promis?",
  ),
  word(
    "(?:ti|vi|gli|le)\\s+(?:mando|invio|chiamo|porto|pago|restituisco|compro|scrivo|faccio sapere|confermo|prenoto)|(?:te lo\\s+)?prometto",
  ),
  word(
    "(?:te|lhe|vos)\\s+(?:mando|envio|ligo|trago|levo|pago|devolvo|compro|escrevo|aviso|confirmo)|vou\\s+(?:te\\s+|lhe\\s+)?(?:mandar|enviar|ligar|trazer|pagar|devolver|comprar|escrever|avisar|confirmar)",
  ),
  word("gönderirim|göndereceğim|arayacağım|ararım|getiririm|getireceğim|ödeyeceğim|öderim|haber veririm|söz veriyorum"),
  word("(?:main\\s+)?(?:bhej|la|de|kar|bata)\\s*(?:dunga|dungi|doonga|doongi)|vaada karta"),
];
const REMINDERS = word(
  "remind me (?:to|about)|don['’]?t (?:let me )?forget (?:to|about|the)|must not forget|vergiss nicht|nicht vergessen|erinner[e]? mich|no (?:te )?olvides|recu[eé]rdame|n['’]oublie pas|rappelle[- ]moi|non dimenticare|ricordami|não (?:te )?esque[çc]\\p{L}*|me lembra|unutma|yaad dilana",
);
const DEBTS = word("i(?:['’]ll| still)? owe|ich schulde|te debo|je te dois|ti devo|te devo|borcum var");
const DUTIES = word(
  `(?:i|we)(?:\\s+(?:need|have|ought)\\s+to|\\s+must|\\s+should|['’]ve got to)\\s+${DOING}|ich muss|tengo que|je dois|il faut que je|devo|tenho que|tenho de`,
);
const NONE =
  /[?？؟]|(?<!\p{L})(?:won['’]t|will not|['’]ll never|will never|wouldn['’]t|would have|nicht mehr|niemals|nunca|jamais|mai più|imagine|joking|just kidding)(?!\p{L})/iu;
const IF_FIRST = /^\W*(?:if|unless|when|wenn|falls|si|cuando|quand|se|quando|eğer)(?!\p{L})/iu;
const DONE =
  /(?<!\p{L})(?:done|sent|paid|called|bought|booked|fixed|finished|returned|given back|gave|brought|posted|delivered|sorted|arrived|received|got it|thanks for (?:the|sending|bringing)|signed|submitted|ordered|cancelled|erledigt|geschickt|bezahlt|überwiesen|gekauft|gebucht|angekommen|zurückgegeben|hecho|enviad[oa]|pagad[oa]|comprad[oa]|llegó|fait|envoyée?|payée?|achetée?|reçue?|fatto|mandat[oa]|pagat[oa]|comprat[oa]|arrivat[oa]|feito|enviei|paguei|comprei|chegou|gönderdim|ödedim|aldım|yaptım|kar diya|bhej diya)(?!\p{L})/iu;

/** What a sentence commits to; undefined when it commits nobody. */
export function commitmentOf(sentence: string): CommitmentKind | undefined {
  if (NONE.test(sentence) || IF_FIRST.test(sentence)) return undefined;
  if (REMINDERS.test(sentence)) return "reminder";
  if (PROMISES.some((pattern) => pattern.test(sentence))) return "promise";
  if (DEBTS.test(sentence)) return "debt";
  return DUTIES.test(sentence) ? "duty" : undefined;
}

/** True for words that tell of something as done. */
export function tellsDone(text: string): boolean {
  return DONE.test(text);
}
