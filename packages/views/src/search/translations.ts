/**
 * Everyday words of a household that writes in two languages: who asks about the wedding means what was told of the Hochzeit, too. English and
 * German, written from common knowledge. For words alone: a provider of vectors knows more of this.
 *
 * Guarantees: a word is put into another language only where the index holds texts of both; an index of one language is asked as before.
 * It does not: take compounds apart (compounds.ts does), or put names, idioms and grammar into another language.
 */
import { isLoaded, termOf } from "./languages.ts";

const LANGUAGES = ["en", "de"] as const;

/** English before the bar, German behind it: each word of one side may tell what any of the other does. */
const ROWS = `
wedding marriage | Hochzeit Trauung; married marry | verheiratet heiraten geheiratet; engaged engagement | verlobt Verlobung; divorced divorce | geschieden Scheidung
birthday | Geburtstag; born birth | geboren Geburt; pregnant pregnancy | schwanger Schwangerschaft; died dead death | gestorben tot Tod; funeral | Beerdigung
cat kitten | Katze Kater Kätzchen; dog puppy | Hund Welpe; horse | Pferd; bird | Vogel; fish | Fisch; rabbit | Kaninchen Hase; pet | Haustier; animal | Tier
child kid | Kind; son | Sohn; daughter | Tochter; brother | Bruder; sister | Schwester; parents | Eltern; uncle | Onkel; aunt | Tante; cousin | Cousine Vetter; nephew | Neffe; niece | Nichte
grandmother grandma granny | Großmutter Oma; grandfather grandpa grandad | Großvater Opa; mother mum mom | Mutter Mama; father dad | Vater Papa; husband | Ehemann; wife | Ehefrau
friend | Freund Freundin; neighbour neighbor | Nachbar Nachbarin; colleague | Kollege Kollegin; boss manager | Chef Chefin; teacher | Lehrer Lehrerin; guest | Gast Gäste
hospital clinic | Krankenhaus Klinik Klinikum; doctor | Arzt Ärztin; dentist | Zahnarzt; surgery operation | OP Operation; operated | operiert; vaccination vaccinated | Impfung geimpft
medicine medication pill | Medikament Tablette; allergic allergy | allergisch Allergie; peanut | Erdnuss Erdnussallergie; walnut | Walnuss; sick ill illness | krank Krankheit; fever | Fieber; cough | Husten
pneumonia | Lungenentzündung; fell fall fallen | gestürzt Sturz hingefallen; broken broke | gebrochen kaputt; injured injury | verletzt Verletzung; pain | Schmerz Schmerzen; glasses | Brille; tooth teeth | Zahn Zähne
eye | Auge; knee | Knie; back | Rücken; foot | Fuß; heart | Herz; blood | Blut; weigh weight | wiegt wiegen Gewicht; tall height | groß Größe
house home | Haus Zuhause; flat apartment | Wohnung; live lives lived | wohnen wohnt wohne gewohnt; move moved moving | umziehen umgezogen Umzug; rent | Miete; kitchen | Küche; bathroom | Bad Badezimmer
garden | Garten; cellar basement | Keller; key | Schlüssel; door | Tür; furniture | Möbel; washing | Waschmaschine; dishwasher | Spülmaschine; heating | Heizung; fridge | Kühlschrank; drill | Bohrmaschine
repaired repair fixed fix | repariert reparieren; car | Auto; bicycle bike | Fahrrad Rad; train | Zug Bahn; plane flight flew | Flugzeug Flug geflogen; drive drove driving | fahren gefahren fahre; licence license | Führerschein
towed | abgeschleppt; accident | Unfall; insurance | Versicherung; police | Polizei; burglary burgled | Einbruch eingebrochen; stolen stole | gestohlen geklaut; lawyer | Anwalt; court | Gericht
holiday vacation | Urlaub Ferien; trip journey | Reise; beach | Strand; sea | Meer; mountain | Berg; lake | See; cottage | Ferienhaus; luggage | Gepäck; passport | Reisepass
work job | Arbeit; works working | arbeitet arbeiten arbeite; company | Firma; salary wage | Gehalt Lohn; hours | Stunden; quit resigned | gekündigt; interview | Vorstellungsgespräch; pension retired | Rente
school | Schule; nursery | Kita Kindergarten; class | Klasse; lesson | Unterricht Stunde; exam test | Prüfung; mark grade | Note; university | Universität Uni; study studied | studieren studiert; homework | Hausaufgaben
swim swimming | schwimmen geschwommen; badge | Abzeichen; piano | Klavier; guitar | Gitarre; music | Musik; song | Lied; dance dancing danced | tanzen getanzt Tanz Tanzkurs; run ran running | laufen gelaufen; football soccer | Fußball
game | Spiel; book | Buch; movie | Film; theatre play | Theater; concert | Konzert; party | Feier; celebrate celebrated | feiern gefeiert; gift present | Geschenk; photo picture | Foto Bild
speech | Rede; seating | Sitzplan; invitation invited | Einladung eingeladen; dress | Kleid; church | Kirche; castle | Schloss Burg; Christmas | Weihnachten Heiligabend; Easter | Ostern; eve | Heiligabend
cake | Kuchen Torte; bread | Brot; milk | Milch; egg | Ei Eier; cheese | Käse; meat | Fleisch; vegetarian | vegetarisch Vegetarier Vegetarierin; potato | Kartoffel; apple | Apfel; recipe | Rezept; biscuit cookie | Plätzchen Keks
cook cooked | kochen gekocht; bake baked | backen gebacken; eat ate | essen gegessen; drink drank | trinken getrunken; breakfast | Frühstück; lunch | Mittagessen; dinner supper | Abendessen; coffee | Kaffee; restaurant | Gasthaus
buy bought | kaufen gekauft; sell sold | verkaufen verkauft; pay paid | zahlen bezahlt; cost price | kosten kostet gekostet Preis; owe | schulden schulde; loan mortgage credit | Kredit Darlehen; money | Geld; gave give | geben gegeben
promise promised | versprechen versprochen; borrow lend | leihen ausleihen; book booked | buchen gebucht; reserve reserved | reservieren reserviert; cancel cancelled | absagen abgesagt; appointment | Termin; evening | Abend
lose lost missing | verloren verschwunden weg; find found | finden gefunden; forget forgot | vergessen; meet met | treffen getroffen kennengelernt; visit visited | besuchen besucht Besuch; help helped | helfen geholfen
roof | Dach; plumber | Klempner; hairdresser | Friseur Friseurin; bakery baker | Bäckerei Bäcker; decide decided decision | entscheiden entschieden Entscheidung; climb climbing climbed | klettern geklettert; agree agreed | einigen geeinigt; come came coming | kommen kommt gekommen
letter | Brief; phone telephone | Telefon; number | Nummer; address | Adresse; password | Passwort; street | Straße; town city | Stadt; country | Land; weather | Wetter; rain | Regen; snow | Schnee; hot | heiß; cold | kalt
`;

type Of = (typeof LANGUAGES)[number];

let words: ReadonlyMap<string, ReadonlySet<string>> | undefined;

/** Each word, by its language and term, with the words of the other language. */
function readRows(): Map<string, Set<string>> {
  const read = new Map<string, Set<string>>();
  for (const row of ROWS.trim().split(/[;\n]/)) {
    const [english = [], german = []] = row.split("|").map((side) => side.trim().toLowerCase().split(/\s+/));
    const put = (from: readonly string[], language: Of, to: readonly string[]): void => {
      for (const word of from) {
        const key = `${language} ${termOf(word, language)}`;
        read.set(key, new Set([...(read.get(key) ?? []), ...to]));
      }
    };
    put(english, "en", german);
    put(german, "de", english);
  }
  return read;
}

/**
 * The terms that a word has in the other languages of an index.
 * @param word normalised, as it was typed
 * @param languages those of the index; nothing is told before their stemmers are loaded
 */
export function translatedTerms(word: string, languages: readonly string[]): readonly string[] {
  // Read before a stemmer is there, the rows would keep words that no index holds.
  if (!LANGUAGES.every((language) => languages.includes(language) && isLoaded(language))) return [];
  words ??= readRows();
  const terms = LANGUAGES.flatMap((from) => {
    const to = from === "en" ? "de" : "en";
    return [...(words?.get(`${from} ${termOf(word, from)}`) ?? [])].map((other) => termOf(other, to));
  });
  return [...new Set(terms)];
}
