import { systemZone } from "@kaelix/base";
import type { CallInput, CallOutput, Routes } from "@kaelix/contract";

import { type CommonOptions, type Connection, connect } from "../connection.ts";
import { CommandFailure, EXIT } from "../exit.ts";
import { printJson, printTable, say } from "../output.ts";

type Settings = CallOutput<Routes["digestSettings.read"]>;
type Wish = NonNullable<CallInput<Routes["digestSettings.write"]>["body"]>;
type WayLevel = "general" | "confidential";

async function connected(options: CommonOptions, work: (connection: Connection) => Promise<number>): Promise<number> {
  const connection = await connect(options);
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}

/** `kaelix day settings`: when the day is told and by which ways. */
export function showSettings(options: CommonOptions): Promise<number> {
  return connected(options, async ({ client }) => {
    const { data } = await client.call("digestSettings.read");
    if (options.json === undefined) process.stdout.write(settingsText(data));
    else printJson(data, options.json);
    return EXIT.ok;
  });
}

function settingsText(settings: Settings): string {
  const { devices, hour, last, mail, mail_available: canMail, webhook, zone } = settings;
  const when = hour === null ? "never by itself" : `at ${String(hour).padStart(2, "0")}:00, ${zone}`;
  const proved = mail?.confirmed === true ? "" : ", not confirmed: kaelix day test mail";
  const lines = [
    `day\t${when}${settings.default ? " (nothing was chosen)" : ""}`,
    `mail\t${mail === null ? "none" : `${mail.address}, up to ${mail.level}${proved}`}${canMail ? "" : " (no mail server is set up)"}`,
    `webhook\t${webhook === null ? "none" : `${webhook.url}, up to ${webhook.level}`}`,
    `browsers\t${devices.map(({ name }) => name).join(", ") || "none"}`,
    `last\t${last === null ? "none" : [last.day, ...last.ways.map(({ state, way }) => `${way} ${state}`)].join(", ")}`,
  ];
  return `${lines.join("\n")}\n`;
}

/** Options of `day set`. */
export interface ChangeOptions extends CommonOptions {
  readonly hour?: string;
  readonly zone?: string;
  readonly mail?: string;
  readonly mailLevel?: string;
  readonly webhook?: string;
  readonly webhookLevel?: string;
}

/** `kaelix day set`: changes what is named. */
export function changeSettings(options: ChangeOptions): Promise<number> {
  return connected(options, async ({ client }) => {
    const { data: before } = await client.call("digestSettings.read");
    const body = wishOf(before, options);
    const { data } = await client.call("digestSettings.write", { body });
    if (options.json !== undefined) printJson(data, options.json);
    else process.stdout.write(settingsText(data.settings));
    if (data.webhook_secret !== null && options.json === undefined) {
      process.stdout.write(`secret\t${data.webhook_secret}\n`);
      say("The webhook's messages are signed with this secret; it is not shown again", options);
    }
    return EXIT.ok;
  });
}

function wishOf(before: Settings, options: ChangeOptions): Wish {
  const { hour, mail, mailLevel, webhook, webhookLevel, zone } = options;
  const address = mail === "none" ? undefined : (mail ?? before.mail?.address);
  const url = webhook === "none" ? undefined : (webhook ?? before.webhook?.url);
  return {
    hour: hour === undefined ? before.hour : hourOf(hour),
    zone: zone ?? (before.default ? systemZone() : before.zone),
    mail: address === undefined ? null : { address, level: levelOf(mailLevel) ?? before.mail?.level ?? "general" },
    webhook: url === undefined ? null : { url, level: levelOf(webhookLevel) ?? before.webhook?.level ?? "general" },
  };
}

function hourOf(text: string): number | null {
  if (text === "never") return null;
  if (/^\d{1,2}$/.test(text) && Number(text) <= 23) return Number(text);
  throw new CommandFailure(EXIT.usage, `Cannot use hour: current value is ${text}, must be 0 to 23 or never`);
}

function levelOf(text: string | undefined): WayLevel | undefined {
  if (text === undefined || text === "general" || text === "confidential") return text;
  throw new CommandFailure(EXIT.usage, `Cannot use level: current value is ${text}, must be general or confidential`);
}

/** `kaelix day test WAY`: sends something now. */
export function testWay(way: string, options: CommonOptions): Promise<number> {
  if (way !== "mail" && way !== "webhook" && way !== "push")
    throw new CommandFailure(EXIT.usage, `Cannot test: current value is ${way}, must be mail, webhook or push`);
  return connected(options, async ({ client }) => {
    const { data } = await client.call("digestSettings.test", { body: { way } });
    if (options.json !== undefined) printJson(data, options.json);
    const next = way === "mail" ? "; kaelix day confirm CODE proves the mailbox" : "";
    say(data.sent ? `Sent${next}` : `Not sent: ${data.why ?? "nobody knows why"}`, options);
    return data.sent ? EXIT.ok : EXIT.failed;
  });
}

/** `kaelix day confirm CODE`: proves the mailbox. */
export function confirmMail(code: string, options: CommonOptions): Promise<number> {
  return connected(options, async ({ client }) => {
    const { data } = await client.call("digestSettings.confirm", { body: { code } });
    if (options.json !== undefined) printJson(data, options.json);
    say(`Your day is sent to ${data.mail?.address ?? "it"} from now on`, options);
    return EXIT.ok;
  });
}

/** Options of `day not-useful`. */
export interface JudgeOptions extends CommonOptions {
  readonly day?: string;
  readonly zone?: string;
}

/** `kaelix day not-useful [KEY]`: calls a line not useful, or lists what was. */
export function notUseful(key: string | undefined, options: JudgeOptions): Promise<number> {
  return connected(options, async ({ client }) => {
    if (key === undefined) {
      const { data } = (await client.call("digests.judgements")).data;
      if (options.json !== undefined) printJson(data, options.json);
      else {
        const rows = data.map(({ at, id, kind, topic }) => [at.slice(0, 10), kind, topic ?? "-", id]);
        printTable(["ON", "KIND", "ABOUT", "ID"], rows);
      }
      return EXIT.ok;
    }
    const day = options.day === undefined ? {} : { day: options.day };
    const body = { key, zone: options.zone ?? systemZone(), ...day };
    const { data } = await client.call("digests.judge", { body });
    if (options.json === undefined) process.stdout.write(`${data.id}\n`);
    else printJson(data, options.json);
    say(`It is not told again; kaelix day useful ${data.id} takes that back`, options);
    return EXIT.ok;
  });
}

/** `kaelix day useful ID`: takes a judgement back, or all. */
export function useful(id: string, options: CommonOptions): Promise<number> {
  return connected(options, async ({ client }) => {
    await client.call("digests.unjudge", { params: { id } });
    if (options.json !== undefined) printJson({ id }, options.json);
    say(id === "all" ? "Nothing is not useful any more" : `Took ${id} back`, options);
    return EXIT.ok;
  });
}
