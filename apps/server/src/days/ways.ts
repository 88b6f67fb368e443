/** The ways by which a day goes out of the house, as they stand sealed in a person's settings. */
import { decodeBase64Url, encodeBase64Url } from "@kaelix/base";
import type { DaySettings, DayWay, Level, UserId } from "@kaelix/model";
import type { Keystore, UserSealPlace } from "@kaelix/security";

/** How secret lines may be that leave the house: never above what is indexed. */
export type WayLevel = Extract<Level, 1 | 2>;

/** A mailbox. Nothing but codes is sent to it before its owner has typed one. */
export interface MailWay {
  readonly address: string;
  readonly level: WayLevel;
  readonly confirmed: boolean;
  /** The code that is out: its hash, until when it holds (epoch ms), and how often it was guessed. */
  readonly code: { readonly hash: string; readonly untilMs: number; readonly tries: number } | null;
}

/** An address of a program. `secret`: 32 bytes, base64. */
export interface WebhookWay {
  readonly url: string;
  readonly secret: string;
  readonly level: WayLevel;
}

/** A browser that may be told (Push API). */
export interface PushDevice {
  readonly id: string;
  readonly endpoint: string;
  readonly p256dh: string;
  readonly auth: string;
  readonly name: string;
}

/** All ways of one person. */
export interface Ways {
  readonly mail: MailWay | null;
  readonly webhook: WebhookWay | null;
  readonly devices: readonly PushDevice[];
}

/** Nothing goes out. */
export const NO_WAYS: Ways = { mail: null, webhook: null, devices: [] };

/** The ways that are ready to be used. */
export function readyWays({ devices, mail, webhook }: Ways, hasMailer: boolean): readonly DayWay[] {
  const ways: DayWay[] = [];
  if (mail?.confirmed === true && hasMailer) ways.push("mail");
  if (webhook !== null) ways.push("webhook");
  if (devices.length > 0) ways.push("push");
  return ways;
}

/** Seals a person's ways for one revision of their settings. */
export async function sealWays(
  keystore: Pick<Keystore, "sealForUser">,
  { user, revision }: { readonly user: UserId; readonly revision: number },
  ways: Ways,
): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(ways));
  return encodeBase64Url(await keystore.sealForUser(placeOf(user, revision), bytes));
}

/** Opens what `sealWays` sealed; none when there is nothing or it cannot be opened. */
export async function openWays(
  keystore: Pick<Keystore, "openForUser">,
  settings: DaySettings | undefined,
): Promise<Ways> {
  const bytes = settings === undefined ? undefined : decodeBase64Url(settings.sealed);
  if (settings === undefined || bytes === undefined) return NO_WAYS;
  const opened = await keystore.openForUser(placeOf(settings.user, settings.revision), bytes);
  if (opened.type !== "opened") return NO_WAYS;
  // Only `sealWays` can have sealed it for this place.
  return JSON.parse(new TextDecoder().decode(opened.bytes)) as Ways;
}

function placeOf(user: UserId, revision: number): UserSealPlace {
  return { user, purpose: "profile", subject: "day-settings", version: revision };
}
