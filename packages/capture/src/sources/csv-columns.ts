/** Which column of a table holds what: by the words of its head in several languages, else by what the cells look like. */
import { scanDateCell } from "./stamp.ts";
import { parseIsoTime } from "./local-time.ts";
import { spellMonth } from "./month-names.ts";

/** What a column may mean. */
export type ColumnRole = "text" | "date" | "time" | "speaker" | "id" | "conversation" | "level" | "tags" | "other";

/** The head of a table. */
export interface CsvColumns {
  /** Names as written; empty when the table has no head. */
  readonly names: readonly string[];
  readonly roles: readonly ColumnRole[];
  readonly hasHead: boolean;
}

const ROLE_WORDS: readonly (readonly [Exclude<ColumnRole, "other">, string])[] = [
  [
    "text",
    "text content message body memory note notes nachricht inhalt notiz texte contenu texto contenido mensaje mensagem conteúdo conteudo testo contenuto messaggio tekst bericht inhoud treść tresc wiadomość metin mesaj içerik текст сообщение содержание повідомлення 内容 文本 消息 本文 テキスト メッセージ 텍스트 내용 메시지 نص رسالة متن טקסט הודעה pesan isi meddelande besked melding viesti teksti üzenet szöveg zpráva comment comments kommentar comentario commentaire description beschreibung descripción",
  ],
  [
    "date",
    "date datum fecha data дата tarih 日期 日付 날짜 تاريخ تاریخ תאריך tanggal dato päivämäärä päivä dátum datetime timestamp created created_at createdat occurred_at at zeitpunkt zeitstempel erstellt erstellt_am when time_stamp sent sent_at",
  ],
  ["time", "time uhrzeit zeit hora heure ora tijd godzina saat время 時間 时间 시간 klockslag"],
  [
    "speaker",
    "speaker from name_from author sender person who user autor autorin absender von auteur expéditeur de remitente remetente autore mittente afzender auteur nadawca gönderen автор отправитель 发送者 作者 寄件者 送信者 발신자 المرسل שולח pengirim avsändare afsender lähettäjä feladó odesílatel personne persona pessoa persoon osoba kişi",
  ],
  ["id", "id external_id externalid uuid guid key kennung identifier message_id"],
  [
    "conversation",
    "conversation chat thread channel gespräch unterhaltung conversación conversa conversazione gesprek kanal",
  ],
  ["level", "level stufe privacy classification"],
  ["tags", "tags tag labels label schlagwörter schlagworte etiquetas étiquettes etichette"],
];

const ROLES: ReadonlyMap<string, ColumnRole> = new Map(
  [...ROLE_WORDS]
    .reverse()
    .flatMap(([role, words]) => words.split(" ").map((word) => [normaliseHead(word), role] as const)),
);

function normaliseHead(text: string): string {
  return text
    .normalize("NFKC")
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/gu, "_");
}

/** True for a cell that holds a date and nothing else. */
function isDateCell(cell: string): boolean {
  return parseIsoTime(cell) !== undefined || scanDateCell(spellMonth(cell)) !== undefined;
}

/** Finds the columns in a table's first rows; undefined when no column can be the text. */
export function findColumns(rows: readonly (readonly string[])[]): CsvColumns | undefined {
  const [head, ...body] = rows;
  if (head === undefined) return undefined;
  const known = head.map((cell) => ROLES.get(normaliseHead(cell)) ?? "other");
  const hasHead =
    known.some((role) => role !== "other") && head.every((cell) => cell.length <= 100 && !isDateCell(cell));
  const looksLikeHead =
    hasHead ||
    (body.length > 0 &&
      head.every((cell) => /^\p{L}[\p{L}\d _-]{0,40}$/u.test(cell.trim())) &&
      body.some((row) => row.some(isDateCell)));
  const cells = looksLikeHead ? body : rows;
  const roles = keepFirstOfEach(looksLikeHead ? known : head.map(() => "other" as const));
  if (!roles.includes("date")) fill(roles, "date", columnOf(cells, roles, isDateShare));
  if (!roles.includes("text")) fill(roles, "text", columnOf(cells, roles, meanLength));
  if (!looksLikeHead && roles.length >= 3) fill(roles, "speaker", columnOf(cells, roles, repetition));
  if (!roles.includes("text")) return undefined;
  return { names: looksLikeHead ? head.map((name) => name.trim()) : [], roles, hasHead: looksLikeHead };
}

/** A role belongs to one column: of several, the one whose word comes first in the list (`content` before `notes`). */
function keepFirstOfEach(roles: readonly ColumnRole[]): ColumnRole[] {
  const seen = new Set<ColumnRole>();
  return roles.map((role) => {
    if (role === "other" || seen.has(role)) return "other";
    seen.add(role);
    return role;
  });
}

function fill(roles: ColumnRole[], role: ColumnRole, column: number): void {
  if (column >= 0) roles[column] = role;
}

function columnOf(
  rows: readonly (readonly string[])[],
  roles: readonly ColumnRole[],
  score: (cells: readonly string[]) => number,
): number {
  let best = -1;
  let bestScore = 0;
  for (const [column, role] of roles.entries()) {
    if (role !== "other") continue;
    const value = score(rows.map((row) => row[column] ?? ""));
    if (value > bestScore) [best, bestScore] = [column, value];
  }
  return best;
}

function isDateShare(cells: readonly string[]): number {
  const share = cells.filter(isDateCell).length / Math.max(1, cells.length);
  return share >= 0.6 ? share : 0;
}

function meanLength(cells: readonly string[]): number {
  const letters = cells.filter((cell) => /\p{L}/u.test(cell));
  return letters.reduce((sum, cell) => sum + cell.length, 0) / Math.max(1, cells.length);
}

/** Names come again and again and are short. */
function repetition(cells: readonly string[]): number {
  const names = cells.filter((cell) => cell.length > 0 && cell.length <= 60 && /^\p{L}/u.test(cell));
  const distinct = new Set(names).size;
  return names.length === cells.length && cells.length >= 4 && distinct * 2 <= names.length ? 1 / distinct : 0;
}
