/**
 * How people ask where they work, study and live, and how they say so of themselves, by language. Pure data and its reading.
 *
 * Each form is tried on a text with plain apostrophes. Who says "I work at …" in one language may ask in another: what is said counts in
 * every language, what is looked for is in that of the question.
 */
import type { RelationType } from "@kaelix/intelligence";

/** A question about where or as what somebody lives. */
export interface FactQuestion {
  readonly type: RelationType;
  /** What is looked for when the question's own words find no answer. */
  readonly text: string;
  /** It asks for what is so now, and not for what was. */
  readonly isOfNow: boolean;
}

interface FactForm {
  readonly type: RelationType;
  readonly asks: RegExp;
  readonly says: RegExp;
  readonly text: string;
}

/** Up to so many words stand between. */
const FEW = String.raw`(?: \p{L}+){0,3}`;

/** A form that begins a question, or stands anywhere in a sentence; as whole words. */
function begins(...forms: readonly string[]): RegExp {
  return new RegExp(String.raw`^[\s¿]*(?:${forms.join("|")})(?!\p{L})`, "iu");
}

function holds(...forms: readonly string[]): RegExp {
  return new RegExp(String.raw`(?<!\p{L})(?:${forms.join("|")})(?!\p{L})`, "iu");
}

const FORMS: readonly FactForm[] = [
  {
    type: "works_at",
    asks: begins(
      "where (?:do|did|am) i (?:now )?work(?:ing)?",
      "who (?:do|did) i work for",
      "(?:who|what)(?:'s| is| was) my (?:employer|company|workplace)",
      "what(?:'s| is| was) (?:my (?:job|profession|occupation)|the name of my (?:employer|company))",
      "what do i do for (?:a living|work)",
    ),
    says: holds(
      "i(?:'m| am| was)? (?:now |still |also )?work(?:ed|ing)? (?:at|for|in|as|from|with)",
      "my (?:new |current )?(?:job|employer|company|workplace|office) (?:is|was|at|as)",
      String.raw`i(?:'m| am) an? \p{L}+(?: \p{L}+)? (?:at|for|by)`,
    ),
    text: "work working job employer company office started",
  },
  {
    type: "studies_at",
    asks: begins(
      "where (?:do|did) i (?:study|go to (?:school|university|college|uni))",
      "(?:what|which) (?:school|university|college|uni) (?:do|did) i (?:go to|attend|study at)",
      "what(?:'s| is| was) (?:the name of )?my (?:school|university|college|uni)",
    ),
    says: holds(
      String.raw`i(?:'m| am| was)? (?:stud(?:y|ied|ying)|graduated|enrolled|go|went) (?:\p{L}+ ){0,3}(?:at|in|from|to)`,
      "my (?:old )?(?:school|university|college|uni) (?:is|was|in)",
    ),
    text: "study studied school university college uni",
  },
  {
    type: "lives_in",
    asks: begins(
      "where (?:do|did|am) i (?:now )?liv(?:e|ing)",
      "what(?:'s| is| was) my (?:address|home ?town)",
      "(?:what|which) (?:city|town|country) do i live in",
    ),
    says: holds(
      String.raw`(?:i|we)(?:'m|'re| am| are| was| were| have|'ve)? (?:now |still |both )?(?:live[ds]?|living|moved|moving) (?:\p{L}+ ){0,2}(?:in|at|near|to|on|with|by)`,
      "my (?:new )?(?:address|flat|house|home) (?:is|in|at)",
    ),
    text: "live living moved address flat house home",
  },
  {
    type: "works_at",
    asks: begins(
      "wo(?:rin|für)? arbeite(?:te)? ich",
      "(?:bei|für) wen? arbeite(?:te)? ich",
      "bei wem arbeite(?:te)? ich",
      "(?:bei|für) welche[rmns]? (?:firma|unternehmen) arbeite ich",
      "(?:wer|was) ist mein (?:arbeitgeber|arbeitsplatz|beruf|job)",
      "wie heißt (?:mein arbeitgeber|meine firma)",
      "was (?:bin ich von beruf|mache ich beruflich)",
    ),
    says: holds(
      String.raw`(?:ich (?:arbeit|jobb)e?t?e?|(?:arbeit|jobb)e?t?e? ich)${FEW} (?:bei|beim|für|in|im|am|an|als)`,
      "mein (?:neuer |jetziger )?(?:job|arbeitgeber|arbeitsplatz|büro|beruf) (?:ist|liegt)",
      String.raw`(?:habe? (?:ich )?|ich habe? )${FEW}(?: |(?<= ))(?:bei|beim|im|in der)${FEW} angefangen`,
    ),
    text: "arbeite arbeiten Arbeit Job Beruf Firma Büro Arbeitgeber angefangen",
  },
  {
    type: "lives_in",
    asks: begins(
      "wo (?:wohn|leb)t?e? (?:ich|wir)",
      "in welche[rmn] (?:stadt|ort|land|straße|viertel) (?:wohn|leb)e ich",
      "(?:was|wie) (?:ist|lautet) meine (?:adresse|anschrift)",
    ),
    says: holds(
      String.raw`(?:(?:ich|wir) (?:wohn|leb)t?en?|(?:wohn|leb)t?en? (?:ich|wir))${FEW} (?:in|im|bei|beim|an|am|auf|nahe)`,
      String.raw`(?:ich bin|wir sind|bin ich|sind wir)${FEW} nach${FEW} (?:um)?gezogen`,
      String.raw`(?:ich|wir) ziehen?${FEW} (?:nach|in)`,
      "(?:meine|unsere) (?:neue )?(?:adresse|anschrift|wohnung) (?:ist|lautet|liegt)",
    ),
    text: "wohne wohnen lebe leben gezogen Wohnung Adresse Haus",
  },
  {
    type: "works_at",
    asks: begins(
      "d[oó]nde trabajo",
      "(?:en|para) qu[eé] (?:empresa )?trabajo",
      "para qui[eé]n trabajo",
      "de qu[eé] trabajo",
      "cu[aá]l es mi (?:trabajo|empleo|profesión|empresa)",
      "a qu[eé] me dedico",
      "c[oó]mo se llama mi empresa",
    ),
    says: holds(
      String.raw`(?<!(?:el|mi|un|tu|su|del|al|de|este|sin|más|mucho) )trabajo${FEW} (?:en|para|de|como|con)`,
      String.raw`(?:empecé|he empezado)${FEW} (?:a trabajar|en)`,
      "mi (?:nuevo )?(?:trabajo|empleo) (?:es|está)",
    ),
    text: "trabajo trabajar empleo empresa oficina empecé",
  },
  {
    type: "lives_in",
    asks: begins(
      "d[oó]nde vivi?(?:o|mos|a)",
      "en qu[eé] (?:ciudad|calle|país|pueblo|barrio) viv(?:o|imos)",
      "cu[aá]l es mi (?:dirección|domicilio)",
    ),
    says: holds(
      String.raw`(?:vivo|vivimos|me mudé|nos mudamos|me he mudado|nos hemos mudado)${FEW} (?:en|a|cerca|con|al)`,
      "mi (?:nueva )?(?:dirección|casa) (?:es|está)",
    ),
    text: "vivo vivimos mudé mudamos casa piso dirección",
  },
  {
    type: "works_at",
    asks: begins(
      "o[uù] (?:est-ce que )?je (?:travaille|bosse)",
      "o[uù] (?:travaill|boss)[eé]-je",
      "(?:chez|pour) qui (?:est-ce que )?(?:je travaille|travaill[eé]-je)",
      "dans quelle (?:entreprise|boîte) (?:est-ce que )?je travaille",
      "qui est mon employeur",
      "quel est mon (?:métier|travail|boulot|emploi|employeur)",
      "quelle est ma profession",
    ),
    says: holds(
      String.raw`je (?:travaille|bosse)${FEW} (?:chez|à|au|aux|pour|dans|comme|en|avec)`,
      String.raw`j'ai commencé${FEW} (?:chez|à|au)`,
      "mon (?:nouveau |nouvel )?(?:travail|boulot|emploi|employeur|bureau) (?:est|se trouve)",
    ),
    text: "travaille travailler travail boulot emploi employeur bureau commencé",
  },
  {
    type: "lives_in",
    asks: begins(
      "o[uù] (?:est-ce que )?(?:j'habite|je vis|nous habitons|on habite)",
      "o[uù] (?:habit[eé]-je|vis-je)",
      "dans quelle (?:ville|rue) (?:est-ce que )?(?:j'habite|je vis)",
      "quelle est mon adresse",
    ),
    says: holds(
      String.raw`(?:j'habite|je vis|nous (?:habitons|vivons)|on habite|j'ai (?:emménagé|déménagé)|nous avons (?:emménagé|déménagé))${FEW} (?:à|au|aux|en|dans|près|chez|avec|rue)`,
      "mon (?:nouvel )?(?:adresse|appartement) est",
    ),
    text: "habite habitons vis emménagé déménagé appartement maison adresse",
  },
  {
    type: "works_at",
    asks: begins(
      "dove lavor(?:o|avo)",
      "per chi lavoro",
      "(?:in|per) (?:quale|che) (?:azienda|ditta) lavoro",
      "che lavoro faccio",
      "(?:qual è|chi è) il mio (?:lavoro|mestiere|datore di lavoro)",
    ),
    says: holds(
      String.raw`(?<!(?:il|un|al|del|mio|di|che|dal|sul|tuo|suo) )lavoro${FEW} (?:a|in|per|presso|da|alla|al|nel|nella|come|con)`,
      String.raw`ho (?:iniziato|cominciato)${FEW} (?:a|in|per|presso|da|alla|al)`,
      "il mio (?:nuovo )?(?:lavoro|ufficio) (?:è|si trova)",
    ),
    text: "lavoro lavorare impiego azienda ufficio iniziato cominciato",
  },
  {
    type: "lives_in",
    asks: begins(
      "dove (?:abit|viv)(?:o|iamo|avo|evo)",
      "in (?:quale|che) (?:città|via|paese) (?:abito|vivo)",
      "qual è il mio indirizzo",
    ),
    says: holds(
      String.raw`(?:abito|vivo|abitiamo|viviamo|mi sono trasferit[oa]|ci siamo trasferit[ie])${FEW} (?:a|in|ad|al|alla|nel|nella|vicino|con|da)`,
      "il mio (?:nuovo )?indirizzo è",
    ),
    text: "abito abitiamo vivo viviamo trasferito trasferita trasferiti casa indirizzo",
  },
  {
    type: "works_at",
    asks: begins(
      "onde (?:é que )?(?:eu )?trabalh(?:o|ava)",
      "(?:para quem|em que (?:empresa|firma)) (?:é que )?(?:eu )?trabalho",
      "qual é (?:a minha profissão|o meu (?:trabalho|emprego))",
    ),
    says: holds(
      String.raw`(?<!(?:o|um|meu|do|ao|no|de|muito|seu|teu) )trabalho${FEW} (?:em|na|no|numa|num|para|como|com|nos|nas)`,
      String.raw`comecei${FEW} (?:a trabalhar|em|na|no)`,
      "o meu (?:novo )?(?:trabalho|emprego|escritório) (?:é|fica)",
    ),
    text: "trabalho trabalhar emprego empresa escritório comecei",
  },
  {
    type: "lives_in",
    asks: begins(
      "onde (?:é que )?(?:eu |nós )?(?:mor|viv)(?:o|ia|ava|amos|emos)",
      "em que (?:cidade|rua|país) (?:é que )?(?:eu )?(?:moro|vivo)",
      "qual é (?:a minha morada|o meu endereço)",
    ),
    says: holds(
      String.raw`(?:moro|moramos|vivo|vivemos|mudei-me|mudámo-nos|me mudei|nos mudamos)${FEW} (?:em|na|no|para|com|perto)`,
      "(?:a minha morada|o meu endereço) é",
    ),
    text: "moro moramos vivo vivemos mudei mudámo casa morada endereço",
  },
  {
    type: "works_at",
    asks: begins(
      "(?:ben )?nerede çalış(?:ıyorum|ırım|ıyordum)",
      "(?:ben )?hangi (?:şirkette|firmada|işte) çalışıyorum",
      "kimin için çalışıyorum",
      "(?:işim|mesleğim) ne",
    ),
    says: holds(String.raw`\p{L}+'?[dt][ea]${FEW} (?:çalışıyor(?:um|uz)|(?:işe|çalışmaya) başladım)`),
    text: "çalışıyorum çalışıyoruz iş işe başladım şirket",
  },
  {
    type: "lives_in",
    asks: begins(
      "(?:ben |biz )?nerede (?:yaşıyor|oturuyor)(?:um|uz|dum)",
      "(?:ben )?hangi (?:şehirde|semtte|ülkede|mahallede) (?:yaşıyor|oturuyor)um",
      "adresim ne",
    ),
    says: holds(
      String.raw`\p{L}+'?[dt][ea]${FEW} (?:yaşıyor|oturuyor)(?:um|uz)`,
      String.raw`\p{L}+'?[ae]${FEW} taşındı[mk]`,
      "(?:yeni )?adresim",
    ),
    text: "oturuyorum oturuyoruz yaşıyorum yaşıyoruz taşındım taşındık ev adresim",
  },
  {
    type: "works_at",
    asks: begins(
      "(?:main|mai|mein|hum) (?:kahaa?n?|kidhar|kis company mein?|kiske liye) (?:kaam|naukri|job) kart[aie] (?:hoo?n|hu|hain?)",
      "mer[ai] (?:kaam|office|naukri|job) (?:kahaa?n?|kya) hai",
    ),
    says: holds(
      String.raw`(?:main|mai|hum)(?: \p{L}+){1,5} (?:mein?|par|ke liye|ke saath)${FEW} (?:kaam|naukri|job) kart[aie]`,
      String.raw`mer[ai] (?:nay[ai] )?(?:office|naukri|job)(?: \p{L}+){1,3} mein? hai`,
    ),
    text: "kaam naukri job office company karta karti",
  },
  {
    type: "lives_in",
    asks: begins(
      "(?:main|mai|mein|hum) (?:kahaa?n?|kidhar|kis sh?ehe?r mein?) r[ae]ht[aie] (?:hoo?n|hu|hain?)",
      "mera (?:address|pata|ghar) (?:kahaa?n?|kya) hai",
    ),
    says: holds(
      String.raw`(?:main|mai|hum)(?: \p{L}+){1,5} (?:mein?|par|ke paas|ke saath)${FEW} r[ae]ht[aie]`,
      String.raw`(?:mera|hamara) (?:naya )?(?:address|pata|ghar)(?: \p{L}+){1,4} hai`,
    ),
    text: "rehta rehti rehte rahta rahti rahte ghar address pata shift",
  },
];

const ASKS_OF_THEN =
  /(?<!\p{L})(?:did|was|arbeitete|wohnten?|lebten?|vivía|travaillais|habitais|lavoravo|abitavo|vivevo|trabalhava|morava|vivia|\p{L}+yordum)(?!\p{L})/iu;
/** What is told of as over, or as never so, by language. */
const OVER: Readonly<Record<string, RegExp>> = {
  en: /(?<!\p{L})(?:left|leaving|quit|resigned|lost|laid off|fired|used to|no longer|former(?:ly)?|not|never|nahin?|pehle)(?!\p{L})|n't(?!\p{L})/iu,
  de: /(?<!\p{L})(?:nicht|nie|kein\p{L}*|früher|gekündigt|verlassen|verloren)(?!\p{L})/iu,
  es: /(?<!\p{L})(?:no|nunca|antes|dejé|perdí)(?!\p{L})/iu,
  fr: /(?<!\p{L})(?:ne|n'\p{L}+|plus|jamais|avant|quitté|perdu)(?!\p{L})/iu,
  it: /(?<!\p{L})(?:non|mai|prima|lasciato|perso)(?!\p{L})/iu,
  pt: /(?<!\p{L})(?:não|nunca|antes|deixei|perdi)(?!\p{L})/iu,
  tr: /(?<!\p{L})(?:değil|eskiden|ayrıldım|\p{L}+m[ıiuü]yor\p{L}*)(?!\p{L})/iu,
  hi: /(?<!\p{L})(?:nahin?|pehle|chhod\p{L}*)(?!\p{L})/iu,
};

/** Reads such a question; undefined for any other. */
export function readFactQuestion(question: string): FactQuestion | undefined {
  const plain = plainOf(question);
  const form = FORMS.find(({ asks }) => asks.test(plain));
  return form && { type: form.type, text: form.text, isOfNow: !ASKS_OF_THEN.test(plain) };
}

/** True of a text that says of its writer where or as what they live. */
export function saysFact(text: string, type: RelationType): boolean {
  const plain = plainOf(text);
  return FORMS.some((form) => form.type === type && form.says.test(plain));
}

/** True of a text that tells of what is over, or never was. */
export function isOver(text: string, language: string): boolean {
  return (OVER[language] ?? OVER["en"])?.test(plainOf(text)) === true;
}

function plainOf(text: string): string {
  return text.normalize("NFC").replaceAll("’", "'");
}
