/**
 * Outgoing mail over SMTP: one message to one person at a time.
 *
 * Guarantees: text never leaves this machine in clear (a server elsewhere is spoken to under TLS or not at all, its certificate is
 * checked); a recipient is exactly one address, so nothing typed adds another one or a header; what went wrong is told by the code of the
 * mail server alone, never with the address or the text. `send` resolves once the server has taken the message.
 * It does not: try again, keep what was not sent, or know whether a message arrived.
 */
import { isIP } from "node:net";

import { isKaelixError } from "@kaelix/base";
import { parseEmail } from "@kaelix/security";

import { serverErrors } from "../errors.ts";
import type { ServerSettings } from "../settings.ts";

const FROM_NAME = "Kaelix";
const CONNECT_MS = 10_000;
const IDLE_MS = 20_000;
const SENDING_MAX = 8;
const WAITING_MAX = 200;

/** One message. */
export interface Mail {
  /** One e-mail address. */
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** The same as HTML; absent: plain text alone. */
  readonly html?: string;
  /** The same for what is sent again, so that a mailbox can tell: letters, digits and hyphens. */
  readonly id?: string;
}

/** Sends mail. */
export interface Mailer {
  /**
   * Resolves once the mail server has taken the message.
   * @throws `mail-address-invalid`; `mail-failed` when the server could not be reached or refused, or too many messages wait
   */
  send(mail: Mail): Promise<void>;
}

/**
 * The mailer of the settings; undefined when no mail is set up. Nothing is connected before the first message.
 * @throws `mail-invalid` when only one of server and sender is set, or the sender is no address
 */
export function openMailer(settings: Pick<ServerSettings, "smtpUrl" | "mailFrom">): Mailer | undefined {
  const { smtpUrl, mailFrom } = settings;
  if (smtpUrl === undefined && mailFrom === undefined) return undefined;
  const from = mailFrom === undefined ? undefined : parseEmail(mailFrom);
  if (smtpUrl === undefined || from === undefined) {
    const message =
      "Cannot send mail: KAELIX_SMTP and KAELIX_MAIL_FROM must both be set, the latter to one e-mail address";
    throw serverErrors("mail-invalid", { message });
  }
  return new SmtpMailer(new URL(smtpUrl), from);
}

class SmtpMailer implements Mailer {
  readonly #url: URL;
  readonly #from: string;
  #sending = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(url: URL, from: string) {
    this.#url = url;
    this.#from = from;
  }

  async send(mail: Mail): Promise<void> {
    const to = parseEmail(mail.to);
    if (to === undefined) throw serverErrors("mail-address-invalid");
    await this.#enter();
    try {
      await this.#deliver({ ...mail, to });
    } catch (error) {
      throw isKaelixError(error) ? error : serverErrors("mail-failed", { details: { reason: reasonOf(error) } });
    } finally {
      this.#sending--;
      this.#waiting.shift()?.();
    }
  }

  async #enter(): Promise<void> {
    if (this.#waiting.length >= WAITING_MAX) throw serverErrors("mail-failed", { details: { reason: "busy" } });
    while (this.#sending >= SENDING_MAX) await new Promise<void>((wake) => this.#waiting.push(wake));
    this.#sending++;
  }

  async #deliver({ to, subject, text, html, id }: Mail): Promise<void> {
    const { createTransport } = await import("nodemailer");
    const transport = createTransport({
      ...smtpOptions(this.#url),
      connectionTimeout: CONNECT_MS,
      greetingTimeout: CONNECT_MS,
      socketTimeout: IDLE_MS,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    try {
      await transport.sendMail({
        from: { name: FROM_NAME, address: this.#from },
        to: { name: "", address: to },
        subject: subject.replaceAll(/\p{Cc}+/gu, " "),
        text,
        ...(html === undefined ? {} : { html }),
        ...(id === undefined ? {} : { messageId: `<${id}@${this.#from.split("@").at(-1)}>` }),
        // Programs that answer mail by themselves leave it alone (RFC 3834).
        headers: { "Auto-Submitted": "auto-generated" },
      });
    } finally {
      transport.close();
    }
  }
}

/** How a mail server is spoken to: elsewhere under TLS or not at all; on this machine nobody listens in. */
export function smtpOptions({ hostname, port, protocol, username, password }: URL): {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  readonly requireTLS: boolean;
  readonly ignoreTLS: boolean;
  readonly auth?: { readonly user: string; readonly pass: string };
} {
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  const secure = protocol === "smtps:";
  const inClear = !secure && isLoopback(host);
  return {
    host,
    port: port === "" ? (secure ? 465 : 587) : Number(port),
    secure,
    requireTLS: !secure && !inClear,
    ignoreTLS: inClear,
    ...(username === "" ? {} : { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
  };
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

/** What may be told of a failure: its code and the number of the server's answer, both without content. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  const code = "code" in error && typeof error.code === "string" ? error.code : error.name;
  const answer = "responseCode" in error && typeof error.responseCode === "number" ? ` ${error.responseCode}` : "";
  return `${code}${answer}`;
}
