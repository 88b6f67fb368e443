import { createServer } from "node:net";
import type { AddressInfo } from "node:net";

import { afterEach, expect, test } from "vitest";

import { type MailServer, startMailServer } from "../testing/mail-server.ts";
import { mailSettings } from "./mail-settings.ts";
import { type Mailer, openMailer, smtpOptions } from "./mailer.ts";

const servers: MailServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function start(options?: Parameters<typeof startMailServer>[0]): Promise<MailServer> {
  const server = await startMailServer(options);
  servers.push(server);
  return server;
}

function mailer(url: string): Mailer {
  const opened = openMailer({ smtpUrl: url, mailFrom: "kaelix@example.com" });
  if (opened === undefined) throw new Error("No mailer");
  return opened;
}

test("send hands one message to the server, to one address, with both parts", async () => {
  const server = await start();
  await mailer(`smtp://127.0.0.1:${server.port}`).send({
    to: " Ann@Example.com ",
    // Line ends are nodemailer's to see to as well; other signs of control are ours alone.
    subject: "Your\u001b[2J\u0007 code\r\nBcc: eve@example.com",
    text: "492039",
    html: "<b>492039</b>",
  });
  expect(server.received).toHaveLength(1);
  const [mail] = server.received;
  expect(mail?.to).toEqual(["ann@example.com"]);
  expect(mail?.from).toBe("kaelix@example.com");
  const headers = mail?.raw.slice(0, mail.raw.indexOf("\r\n\r\n")) ?? "";
  expect(headers).toMatch(/^Subject: Your \[2J  code Bcc: eve@example.com/m);
  expect(headers).not.toMatch(/^Bcc:/m);
  expect(headers).toMatch(/^Auto-Submitted: auto-generated/m);
  expect(mail?.raw).toContain("<b>492039</b>");
});

test.each([
  "ann@example.com, eve@example.com",
  "ann@example.com\r\nBcc: e@x.y",
  "Ann <ann@example.com>",
  "ann",
  '"a b"@c.d',
  "",
])("send refuses %j as a recipient", async (to) => {
  const server = await start();
  const sending = mailer(`smtp://127.0.0.1:${server.port}`).send({ to, subject: "s", text: "t" });
  await expect(sending).rejects.toMatchObject({ code: "mail-address-invalid" });
  expect(server.received).toHaveLength(0);
});

test("send signs in when the address names a user", async () => {
  const seen: unknown[] = [];
  const server = await start({
    disabledCommands: ["STARTTLS"],
    authMethods: ["PLAIN"],
    onAuth({ username, password }, _session, done) {
      seen.push({ username, password });
      done(null, { user: username });
    },
  });
  await mailer(`smtp://ka%40elix:p%3Ass@127.0.0.1:${server.port}`).send({ to: "a@b.c", subject: "s", text: "t" });
  expect(seen).toEqual([{ username: "ka@elix", password: "p:ss" }]);
});

test("a refusal names its code and neither the address nor the text", async () => {
  const server = await start({
    onRcptTo: (_address, _session, done) =>
      done(Object.assign(new Error("no such ann@b.c here"), { responseCode: 550 })),
  });
  const failure: unknown = await mailer(`smtp://127.0.0.1:${server.port}`)
    .send({ to: "ann@b.c", subject: "secret-subject", text: "secret-text" })
    .catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: "mail-failed", details: { reason: "EENVELOPE 550" } });
  const told = JSON.stringify(failure) + String(failure);
  expect(told).not.toMatch(/ann@|secret-/);
});

test("nobody listening is a failure that may be tried again", async () => {
  const free = createServer();
  await new Promise<void>((listening) => free.listen(0, "127.0.0.1", listening));
  const { port } = free.address() as AddressInfo;
  await new Promise((closed) => free.close(closed));
  const sending = mailer(`smtp://127.0.0.1:${port}`).send({ to: "a@b.c", subject: "s", text: "t" });
  await expect(sending).rejects.toMatchObject({ code: "mail-failed" });
});

test("smtps refuses a certificate that nobody vouches for", async () => {
  // smtp-server brings a certificate of its own that no authority signed.
  const server = await start({ secure: true });
  const sending = mailer(`smtps://127.0.0.1:${server.port}`).send({ to: "a@b.c", subject: "s", text: "t" });
  await expect(sending).rejects.toMatchObject({ code: "mail-failed" });
  expect(server.received).toHaveLength(0);
});

test.each([
  ["smtp://mail.example", { port: 587, secure: false, requireTLS: true, ignoreTLS: false }],
  ["smtp://10.0.0.7:25", { port: 25, secure: false, requireTLS: true, ignoreTLS: false }],
  ["smtp://127.0.0.1.evil.example", { secure: false, requireTLS: true, ignoreTLS: false }],
  ["smtps://mail.example", { port: 465, secure: true }],
  ["smtp://[::1]:2525", { host: "::1", port: 2525, requireTLS: false, ignoreTLS: true }],
])("%s is spoken to as %j", (url, options) => {
  expect(smtpOptions(new URL(url))).toMatchObject(options);
});

test("openMailer is nothing without settings and refuses half of them", () => {
  expect(openMailer({ smtpUrl: undefined, mailFrom: undefined })).toBeUndefined();
  expect(() => openMailer({ smtpUrl: "smtp://x", mailFrom: undefined })).toThrow(/KAELIX_MAIL_FROM/);
  expect(() => openMailer({ smtpUrl: undefined, mailFrom: "a@b.c" })).toThrow(/KAELIX_SMTP/);
  expect(() => openMailer({ smtpUrl: "smtp://x", mailFrom: "not an address" })).toThrow(/KAELIX_MAIL_FROM/);
});

test.each([
  ["smtp://127.0.0.1:25", true],
  ["smtps://u:p@mail.example", true],
  ["smtps://u@mail.example", false],
  ["http://mail.example", false],
  ["smtps://mail.example?tls.rejectUnauthorized=false", false],
  ["smtps://mail.example/path", false],
  ["mail.example", false],
])("KAELIX_SMTP=%s is taken: %s", (text, isTaken) => {
  expect("value" in mailSettings.smtpUrl.parse(text)).toBe(isTaken);
});
