/** Things to tell and to search for: invented, seeded, with common words common and rare words rare, as people's are. */
import { seededRandom } from "@kaelix/base";

const COMMON =
  "the a and to of in for with on at is was my our her his their we you they this that next last new old after before about from".split(
    " ",
  );
const NOUNS =
  "dentist garden kitchen invoice passport holiday bicycle meeting birthday recipe ticket doctor school landlord printer roof window harbour piano library contract neighbour train airport allergy medicine insurance laptop charger umbrella concert museum mountain river market bakery coffee breakfast dinner winter summer spring autumn monday friday plumber heating battery camera letter parcel keys wallet lamp carpet sofa painting festival tournament marathon swimming yoga language course exam thesis deadline budget salary mortgage bank loan".split(
    " ",
  );
const VERBS =
  "moved booked paid forgot promised lost found mended sold bought met called wrote asked planned cancelled".split(" ");
const NAMES = "Alice Bob Chidi Dora Emil Fatma Goran Hana Igor Jun Kofi Lena Mira Nils Oya Pedro".split(" ");

/** Makes sentences; the same seed makes the same ones. */
export function sentences(seed: number): {
  readonly tell: () => string;
  readonly query: () => string;
  readonly below: (most: number) => number;
} {
  const random = seededRandom(seed);
  const pick = (words: readonly string[]): string => words[random.integer(words.length)] ?? "";
  // The square of a fraction makes the first words of the list some ten times as common as the last.
  const noun = (): string => NOUNS[Math.floor(random.fraction() ** 2 * NOUNS.length)] ?? "";
  const tell = (): string => {
    const words = [pick(NAMES), pick(VERBS)];
    const length = 6 + random.integer(18);
    for (let index = 0; index < length; index++) words.push(random.fraction() < 0.55 ? pick(COMMON) : noun());
    return `${words.join(" ")} ${random.integer(10_000)}`;
  };
  const query = (): string => (random.fraction() < 0.3 ? `${pick(NAMES)} ${noun()}` : `${noun()} ${noun()}`);
  return { tell, query, below: (most) => random.integer(most) };
}
