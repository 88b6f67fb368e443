/**
 * A made-up chat to try everything with, as a phone would export it. Its days lie around today, so that there is something ahead and something
 * open. Pure.
 */

const DAY_MS = 86_400_000;
const FRIEND = "Maya";

/** By days from today: the time, whether one says it oneself, and the words. `{7}` is the day a week from today. */
const LINES: readonly (readonly [days: number, time: string, isOwn: boolean, text: string])[] = [
  [-41, "09:12", false, "Good morning! Are you still coming to the lake with us?"],
  [-41, "09:15", true, "Of course! I'll bring the tent and the big pan"],
  [-38, "18:40", false, "Mum is allergic to walnuts, so no walnut cake this time please"],
  [-38, "18:42", true, "Noted, apple cake then"],
  [-30, "12:05", false, "My brother Tom moved to Leeds, he works at the harbour museum now"],
  [-30, "12:06", true, "Say hi to Tom from me!"],
  [-22, "20:10", true, "I promise I'll send you the photos of the lake"],
  [-15, "08:30", false, "The concert is on {7}, doors open at seven"],
  [-15, "08:33", true, "Great, I have the tickets"],
  [-9, "21:00", false, "The wifi password of the cabin is lakehouse-2291"],
  [-4, "17:20", false, "Can you bring my blue jacket along some time?"],
  [-4, "17:25", true, "I'll bring it back on {3}"],
  [-2, "10:00", false, "Tom says the museum is closed for repairs until spring"],
];

/**
 * The example as a file to import.
 * @param ownName what its reader goes by: they are one of the two who speak
 */
export function exampleChat(nowMs: number, ownName: string): File {
  const own = ownName.replaceAll(/[:\r\n]+/g, " ").trim();
  const lines = LINES.map(([days, time, isOwn, text]) => {
    const words = text.replaceAll(/\{(\d+)\}/g, (_whole, ahead: string) => spoken(nowMs + Number(ahead) * DAY_MS));
    return `${written(nowMs + days * DAY_MS)}, ${time} - ${isOwn ? own : FRIEND}: ${words}\n`;
  });
  return new File(lines, "WhatsApp Chat with Maya, an example.txt", { type: "text/plain" });
}

function written(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

function spoken(atMs: number): string {
  return new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", timeZone: "UTC" }).format(atMs);
}
