/** Text as PostgreSQL can keep it: no NUL and no lone surrogate, which would make every statement with them fail. */
export function storableText(text: string): string {
  return text.toWellFormed().replaceAll("\0", "\u{FFFD}");
}
