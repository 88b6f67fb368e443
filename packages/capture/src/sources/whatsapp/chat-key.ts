/**
 * The stable name of a chat, part of the id of every message in it.
 *
 * It must be the same for `WhatsApp Chat with Bob.txt`, for `_chat.txt` in `WhatsApp Chat - Bob.zip`, for that `_chat.txt` alone,
 * and for a later export. In this order:
 * 1. the file's name, when a phone gave it one ("WhatsApp Chat with Bob", in the languages WhatsApp speaks);
 * 2. the chat's name in the first notice of an iOS export, which is what the zip is called too;
 * 3. the name of the archive, when a phone gave it one;
 * 4. of two people, the one who is not the owner (when the owner is known);
 * 5. the names of all people. This one alone changes when somebody new speaks.
 */
import { cleanMarks } from "./header.ts";

/** A name that was copied more often is left as it is. */
const COPY_MARKS_MAX = 8;
const PHONE_NAMES: readonly RegExp[] = [
  /^whatsapp[\s-]chat (?:with|mit|con|com|met|med|z|s|cu|com o|com a)\s(.+)$/iu,
  /^whatsapp[\s-]chat\s?[-–]\s?(.+)$/iu,
  /^(?:chat (?:de|di|do|da) whatsapp|discussion whatsapp|conversation whatsapp|conversa do whatsapp|conversa de whatsapp) (?:con|com|avec|con el|com o|com a)\s(.+)$/iu,
  /^(?:chat (?:de|di|do|da) whatsapp|discussion whatsapp|conversa do whatsapp)\s?[-–]\s?(.+)$/iu,
  /^chat whatsapp (?:con|com|dengan|z|met|med|cu)\s(.+)$/iu,
  /^whatsapp[\s-](?:chat|chatt|keskustelu|samtale|sohbet|chatten)\s?(?:med|with)\s(.+)$/iu,
  /^(?:чат whatsapp с|чат whatsapp з|чат в whatsapp с контактом|переписка в whatsapp с)\s(.+)$/iu,
  /^(?:(.+) ile whatsapp sohbeti|(.+) ile whatsapp görüşmesi)$/iu,
  /^(?:与|與)?(.+?)的\s?whatsapp\s?(?:聊天|對話|聊天记录)$/iu,
  /^whatsapp\s?(?:与|與|与“|與「)(.+?)[”」]?的(?:聊天|對話).*$/iu,
  /^whatsapp\s?チャット\s?[-–]?\s?(.+)$/iu,
  /^(.+?)(?:님과의|와의|과의)\s?whatsapp\s?대화.*$/iu,
  /^(?:محادثة واتساب مع|دردشة واتساب مع|الدردشة مع|محادثة whatsapp مع)\s(.+)$/iu,
  /^(?:צ'אט whatsapp עם|הצ'אט ב-whatsapp עם|‏?צ׳אט whatsapp עם)\s(.+)$/iu,
  /^(?:percakapan whatsapp dengan|obrolan whatsapp dengan|chat whatsapp dengan|sembang whatsapp dengan)\s(.+)$/iu,
  /^(?:czat whatsapp z|whatsapp-chat med|whatsapp-chatt med|whatsapp-keskustelu|whatsapp chat s|cuộc trò chuyện whatsapp với|συνομιλία whatsapp με)[\s:]\s?(.+)$/iu,
];

/** Folds a name so that the same chat has one key: case, width, marks, spaces. */
export function normaliseChatName(name: string): string {
  return cleanMarks(name)
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/[\s_]+/gu, " ")
    .trim();
}

/**
 * The chat's name in a file's name that a phone made.
 * @param fileName with or without folders and extension; `(1)` of a second download does not count
 * @returns undefined for `_chat.txt` and for names that a person chose
 */
export function chatNameOfFile(fileName: string): string | undefined {
  const base = fileName.replace(/^.*[/\\]/u, "").replace(/\.(?:txt|zip)$/iu, "");
  const plain = cleanMarks(withoutCopyMarks(base));
  for (const pattern of PHONE_NAMES) {
    const match = pattern.exec(plain);
    const name = match?.slice(1).find((group) => group !== undefined);
    if (name !== undefined && name.trim() !== "") return name.trim();
  }
  return undefined;
}

/** `notes (1) copy` → `notes`. In rounds: one expression for all of it goes back over spaces and words that are repeated. */
function withoutCopyMarks(name: string): string {
  let rest = name;
  for (let round = 0; round < COPY_MARKS_MAX; round++) {
    const shorter = rest.replace(/(?:\(\d{1,3}\)|\s-\scopy|\scopy)$/iu, "");
    if (shorter === rest) break;
    rest = shorter.trimEnd();
  }
  return rest;
}

/** What the key of a chat is made of. */
interface ChatNaming {
  /** Name of the text file. */
  readonly entryName: string;
  /** Name of the archive it stood in, or of the file itself. */
  readonly fileName: string;
  /** What the content calls the chat. */
  readonly title: string | undefined;
  /** Names in the order of the export's head. */
  readonly people: readonly string[];
  readonly me: string | undefined;
}

/** The key and the title of a chat. */
export function nameChat(naming: ChatNaming): { readonly key: string; readonly title: string } {
  const named = chatNameOfFile(naming.entryName) ?? naming.title ?? chatNameOfFile(naming.fileName);
  if (named !== undefined) return { key: `whatsapp:${normaliseChatName(named)}`, title: named };
  const others = naming.people.filter((name) => name !== naming.me);
  const [other] = others;
  if (naming.people.length === 2 && others.length === 1 && other !== undefined) {
    return { key: `whatsapp:${normaliseChatName(other)}`, title: other };
  }
  const people = naming.people.map(normaliseChatName).sort();
  return { key: `whatsapp:people:${people.join("|")}`, title: others.slice(0, 4).join(", ") || "WhatsApp" };
}
