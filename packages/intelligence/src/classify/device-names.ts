/**
 * Names that cameras, phones and messengers give files by themselves: `IMG-20250405-WA0003.jpg`, `DSC_0123.JPG`, `Screenshot_20230101-123456.png`.
 * They tell when something was made and nothing of what it holds. A name that a person gave ("Passport Ann.pdf") is none of them.
 */

const DAY = String.raw`20\d\d[-_.]?[01]\d[-_.]?[0-3]\d`;
/** What stands behind the beginning: counters, the time of day, `WA0003`, `(2)`. Bounded, so that a long run of digits costs no more. */
const REST = String.raw`(?:[\d ._@~()-]|WA(?=\d)|at(?= \d)|[AP]M){0,40}`;
const ENDING =
  "(?:jpe?g|png|heic|heif|webp|gif|tiff?|bmp|dng|mp4|mov|avi|mkv|3gp|webm|opus|ogg|oga|m4a|mp3|aac|amr|wav)";
const BEGINNINGS = [
  // a counter behind what a camera is known by
  String.raw`(?:IMG|VID|AUD|PTT|PTV|STK|GIF|PXL|MVIMG|PANO|BURST|DSC[NF]?|GOPR|DJI|SAM|MOV)[ _-]?\d{3}`,
  // a day behind what made the file
  `(?:WhatsApp (?:Image|Video|Audio|Ptt)|Screenshot|Screen Recording|signal|photo|video|audio|sticker|voice)[ _-]${DAY}`,
  String.raw`\d{8}-(?:PHOTO|VIDEO|AUDIO|GIF|STICKER)-${DAY}`,
  DAY,
];
const DEVICE_NAMES = new RegExp(
  String.raw`(?<![\p{L}\p{N}])(?:(?:${BEGINNINGS.join("|")})${REST}\.${ENDING}|DOC-\d{8}-WA\d{4,8}\.[a-z]{2,5})(?![\p{L}\p{N}])`,
  "giu",
);

/** A text without the names that devices gave; each leaves a blank. */
export function withoutDeviceNames(text: string): string {
  return text.replace(DEVICE_NAMES, " ");
}
