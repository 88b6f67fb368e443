/** Header that says what one reads for: it opens shares that are for this purpose alone, besides those for any. */
export const PURPOSE_HEADER = "kaelix-purpose";
