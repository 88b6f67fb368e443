/**
 * What the messenger itself writes into an export, in the languages it speaks: notices, stand-ins for media, deleted and edited
 * marks. Two ways to know them: the invisible mark U+200E with which iOS (and often Android) begins every such text, in any
 * language; and the words themselves where that mark is missing.
 */
import { cleanMarks } from "./header.ts";
import { DELETED, EDITED, mayBePhrase, normalisePhrase, OMITTED } from "./phrases.ts";

/** What a text is. */
export type Notice =
  | { readonly type: "text"; readonly text: string }
  | {
      readonly type: "media";
      readonly text: string;
      readonly caption: string | undefined;
      readonly fileName: string | undefined;
    }
  | { readonly type: "deleted" }
  | { readonly type: "system" };

const MARK = "\u200e";

const ATTACHED_WORD =
  /^(?:file attached|datei angehängt|archivo adjunto|fichier joint|arquivo anexado|ficheiro anexado|file allegato|bestand bijgevoegd|файл добавлен|файл додано|plik dołączony|załączono plik|dosya ekli|file terlampir|fail dilampirkan|fil bifogad|bifogad fil|fil vedhæftet|vedhæftet fil|fil vedlagt|tiedosto liitetty|tiedosto liitteenä|soubor přiložen|přiložený soubor|súbor priložený|fájl csatolva|csatolt fájl|fișier atașat|συνημμένο αρχείο|επισυνάπτεται αρχείο|הקובץ מצורף|קובץ מצורף|الملف مرفق|ملف مرفق|فایل پیوست شد|فایل پیوست شده|फ़ाइल संलग्न है|फाइल अटैच की गई|ไฟล์ที่แนบมา|แนบไฟล์|tệp đính kèm|文件附件|附件|檔案附件|附加檔案|添付ファイル|ファイル添付|파일 첨부됨|첨부파일)$/u;

/** `<attached: 0001-PHOTO.jpg>` in any language: one or more words, a colon, a name with an extension. */
const ATTACHED_TAG = /<[^<>:：\n]{2,30}\s?[:：]\s*([^<>\n/\\]{1,255}\.[\p{L}\d]{1,8})>/u;
/** `IMG-20250112-WA0001.jpg (file attached)` in any language. */
const ATTACHED_SUFFIX = /^([^\n/\\<>:"|?*]{1,255}\.[\p{L}\d]{1,8}) \(([^()\n]{3,40})\)$/u;
const OWN_FILE_NAME = /^(?:IMG|VID|AUD|PTT|DOC|STK|GIF)-\d{8}-WA\d{4,}\.\w{1,8}$/u;
const EDITED_TAG = /(?<!\s)\s*\u200e?<([^<>\n]{5,80})>$/u;
/** A bracketed stand-in in a script where nobody writes code in angle brackets. */
const FOREIGN_TAG = /^<[^\p{ASCII}<>][^A-Za-z0-9<>]{3,40}>$/u;
/** Shared things that are the sender's own words, although the app wrote the label. */
const SHARED = /^\p{Lu}[\p{L} ]{1,24}:(?:\s|$)|https?:\/\//u;

function findAttached(text: string, isMarked: boolean): { fileName: string; caption: string } | undefined {
  if (text.includes("<")) {
    const tag = ATTACHED_TAG.exec(text);
    const fileName = tag?.[1];
    if (tag !== null && fileName !== undefined) {
      const around = `${text.slice(0, tag.index)}\n${text.slice(tag.index + tag[0].length)}`;
      return { fileName: cleanMarks(fileName), caption: captionOf(around, fileName) };
    }
  }
  if (!text.includes(")")) return undefined;
  const lineEnd = text.indexOf("\n");
  const firstLine = cleanMarks(lineEnd < 0 ? text : text.slice(0, lineEnd));
  const suffix = ATTACHED_SUFFIX.exec(firstLine);
  const fileName = suffix?.[1];
  const word = suffix?.[2];
  if (fileName === undefined || word === undefined) return undefined;
  const isCertain = isMarked || OWN_FILE_NAME.test(fileName) || ATTACHED_WORD.test(word.toLowerCase());
  if (!isCertain) return undefined;
  return { fileName, caption: lineEnd < 0 ? "" : captionOf(text.slice(lineEnd + 1), fileName) };
}

/** Words around an attachment; iOS repeats a document's name and its number of pages there, which are not words. */
function captionOf(around: string, fileName: string): string {
  const lines = around.split("\n").map(cleanMarks);
  const spoken = lines.filter(
    (line) => line !== "" && !(line.includes("•") && fileName.includes(line.split("•")[0]?.trim() ?? line)),
  );
  return spoken.join("\n");
}

function stripEdited(text: string): string {
  if (!text.endsWith(">")) return text;
  const tag = EDITED_TAG.exec(text);
  if (tag === null) return text;
  const isEdited = tag[0].includes(MARK)
    ? !/\.[\p{L}\d]{1,8}>$/u.test(tag[0])
    : EDITED.has(normalisePhrase(tag[1] ?? ""));
  // The mark alone would also fit a stand-in that is the whole text.
  return isEdited && tag.index > 0 ? text.slice(0, tag.index) : text;
}

/** What a text may be by its looks; spares the tables for most messages. */
function mayBeNotice(text: string): boolean {
  return text.length <= 120 && !text.includes("\n") && mayBePhrase(text);
}

/**
 * Says what the text of a message is.
 * @param raw the text after the name, with marks, lines joined by LF
 */
export function readNotice(raw: string): Notice {
  const isMarked = raw.charCodeAt(0) === 0x200e;
  const unedited = stripEdited(raw.trimEnd());
  if (mayBeNotice(unedited)) {
    const phrase = normalisePhrase(unedited);
    if (DELETED.has(phrase)) return { type: "deleted" };
    if (OMITTED.has(phrase) || FOREIGN_TAG.test(cleanMarks(unedited))) {
      const text = cleanMarks(unedited).replace(/^<(.*)>$/u, "$1");
      return { type: "media", text, caption: undefined, fileName: undefined };
    }
  }
  const attached = findAttached(unedited, isMarked);
  if (attached !== undefined) {
    const caption = attached.caption === "" ? undefined : attached.caption;
    return { type: "media", text: caption ?? attached.fileName, caption, fileName: attached.fileName };
  }
  const omitted = findOmittedTail(unedited);
  if (omitted !== undefined) return omitted;
  const text = cleanText(unedited);
  if (!isMarked) return { type: "text", text };
  return SHARED.test(text) || text.includes("\n") ? { type: "text", text } : { type: "system" };
}

/** `Report.pdf • ‎3 pages ‎document omitted`, and a caption with a stand-in behind it. */
function findOmittedTail(text: string): Notice | undefined {
  const at = text.lastIndexOf(MARK);
  if (at <= 0 || !OMITTED.has(normalisePhrase(text.slice(at)))) return undefined;
  const before = text.slice(0, at);
  const name = /^\s*\u200e?([^\n•]{1,255}\.[\p{L}\d]{1,8}) •/u.exec(before)?.[1];
  if (name !== undefined)
    return { type: "media", text: cleanMarks(name), caption: undefined, fileName: cleanMarks(name) };
  const caption = cleanText(before);
  return { type: "media", text: caption, caption, fileName: undefined };
}

/** A message's text: marks that only steer the export's layout are dropped, lines are kept. */
function cleanText(text: string): string {
  const unmarked = text.includes(MARK) || text.includes("\ufeff") ? text.replaceAll(/[\u200e\ufeff]/gu, "") : text;
  return unmarked
    .replace(/^[\u200f\u202a-\u202e]+/u, "")
    .replaceAll("\r", "")
    .trim();
}

const ENCRYPTION =
  /end-to-end|ende-zu-ende|extremo a extremo|bout en bout|ponta a ponta|crittograf|versleutel|сквозн|наскрізн|uçtan uca|typu end|端到端|端對端|エンドツーエンド|종단간|종단 간|التام بين الطرفين|تشفير|מקצה לקצה|एंड-टू-एंड|enkripsi|totalsträck|päästä päähän|végpontok|koncov|προς τέρμα|ต้นทางถึงปลายทาง|đầu cuối|رمزگذاری/iu;

/** True for the notice on encryption that stands at the head of every chat. Only asked of a file's first lines. */
export function isEncryptionNotice(text: string): boolean {
  return ENCRYPTION.test(text);
}

const CHANGED =
  / (?:changed|created|added|removed|updated|set) (?:the|this|their|group)|\b(?:hat|haben|hast) (?:den|die|das|diese)\b.*|\b(?:cambió|creó|añadió|cambiaste|creaste) (?:el|la)\b| a (?:changé|créé|modifié|ajouté)\b|\bavez (?:changé|créé|modifié|ajouté)\b|\b(?:mudou|alterou|criou|adicionou) (?:o|a)\b|\b(?:ha|hai) (?:cambiato|creato|modificato|aggiunto)\b|\b(?:heeft|hebt) (?:het|de|groep)\b|\b(?:zmienił|zmieniła|utworzył|utworzyła|zmieniono)\b|(?:изменил|изменила|создал|создала|змінив|змінила|створив|створила|изменили|создали)(?:\(а\)|\(-а\))? |(?:değiştirdi|oluşturdu|değiştirdiniz)|\b(?:mengubah|membuat) (?:subjek|grup|nama)|(?:غيّر|غيَّر|غير|أنشأ|قام بتغيير) |(?:שינה|יצר|שינתה|יצרה) את|ने .*(?:बदल|बनाया)|(?:更改了|修改了|变更了|變更了|創建了|创建了|建立了|已將|已将)|(?:さんが|変更しました|作成しました)|(?:님이|변경했습니다)|\b(?:ändrade|skapade|ændrede|oprettede|endret|opprettet) |\b(?:vaihtoi|muutti|loi) ryhm|\b(?:změnil|vytvořil|zmenil)|(?:megváltoztatta|létrehozta|módosította)| a (?:schimbat|creat) |(?:άλλαξε|δημιούργησε) |(?:เปลี่ยน|สร้างกลุ่ม)|đã (?:thay đổi|đổi|tạo) /iu;

const QUOTES_OPEN = /["“”„«»「『]/gu;

/**
 * True when what stands before a colon is not a name but the beginning of a notice whose quoted part holds the colon, such as
 * `Ann changed the subject to "Trip: done"`.
 */
export function isNoticeNotName(name: string): boolean {
  const quotes = name.match(QUOTES_OPEN)?.length ?? 0;
  if (quotes % 2 === 1) return true;
  if (name.length < 12) return false;
  return (
    (quotes > 0 && CHANGED.test(name)) ||
    (name.includes(" ") && name.length > 25 && (CHANGED.test(name) || ENCRYPTION.test(name)))
  );
}
