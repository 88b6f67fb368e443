/** What a chunk of text between blanks looks like: a code of digits, a made-up password, a quoted word, a plain word. */

/** The shape of one chunk. `none` cannot be a secret's value. */
export type ValueShape = "digits" | "strong" | "quoted" | "camel" | "plain" | "none";

const HARMLESS_MIXED =
  /^(?:\d{1,6}(?:st|nd|rd|th|am|pm|h|hs|hrs|hr|min|mins|m|km|kg|g|mg|ml|l|cm|mm|gb|mb|tb|k|p|px|x|s|d|w|y|yo|yr|yrs|er|ers|e|eme|ème|º|ª|ft|in|lb|lbs|oz|mph|kmh|kwh|w|v|ghz|hz|bn|c|f|ish|something|s|te|ter|'?(?:de|da|te|ta|den|dan|i|si|inde|unda|ine|una|ye|ya|a|e|in|un|lik|lük|uncu|inci))|\d{1,2}h\d{2}|\d{1,2}[.:]\d{2}(?:am|pm|h)?|\d{1,3}x\d{1,4}|covid-?19|mp[34]|web[23]|[a-z]\d{1,2}|\d{1,3}[a-z]|ps[1-6]|4x4|h2o|co2|[24]k|[345]g|v\d[\d.]*|q[1-4]|iphone\d{1,2}|[a-z]{1,2}\d{1,2}[a-z]?|\d[a-z]{2}|gr8|m8|l8r|b4|2day|2moro|2nite|w8|4ever|[a-z]{2}\d{3,4})$/i;

/** Strips quotes, brackets and closing punctuation from a chunk. */
export function bareChunk(chunk: string): string {
  return chunk.replace(/^["'“”„«‘’([<*]{1,3}/, "").replace(/["'“”»‘’)\]>*,.;:?…]{1,4}$/, "");
}

function isQuoted(chunk: string): boolean {
  return /^["'“„«‘]/.test(chunk) && chunk.length > 2;
}

/** Judges one chunk. */
export function valueShape(chunk: string): ValueShape {
  const bare = bareChunk(chunk);
  if (
    bare.length === 0 ||
    bare.length > 128 ||
    bare.includes("://") ||
    /^[^@]{1,60}@[^@]{1,60}\.[a-z]{2,}$/i.test(bare)
  )
    return "none";
  if (/^\d[\d\-.]{1,78}\d$|^\d{2,14}[#*]?$/.test(bare)) return /^\d{1,3}[.]\d{1,2}$/.test(bare) ? "none" : "digits";
  if (HARMLESS_MIXED.test(bare)) return "none";
  const hasDigit = /\d/.test(bare);
  const hasLetter = /\p{L}/u.test(bare);
  if (hasDigit && hasLetter && bare.length >= 5) return "strong";
  if (hasLetter && bare.length >= 5 && /[\w][_#$%^&+=!@*~][\w]|[_#$%^&!]$/.test(bare) && !/[!]$/.test(bare))
    return "strong";
  if (!hasLetter) return "none";
  if (isQuoted(chunk)) return "quoted";
  if (/^\p{Lu}?\p{Ll}{2,}\p{Lu}\p{Ll}/u.test(bare) && bare.length >= 7) return "camel";
  return "plain";
}
