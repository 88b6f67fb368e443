/**
 * A certificate authority of the installation's own, for a home or an office network: other devices trust it once and then reach the
 * server encrypted, with no name of the internet and no third party.
 *
 *     keys/tls/ca.pem          the authority's certificate, to be installed on other devices
 *     keys/tls/authority.pem   the same with its key: mode 0400, never leaves
 *     keys/tls/server.pem      the server's certificate and key, mode 0400, renewed by itself
 *
 * Guarantees: keys are made here (ECDSA P-256) and refused when others may read them; the server's certificate names this machine's names
 * and addresses, and is made anew when it lacks one of them or has less than a month to go; devices that trust the authority need not be
 * touched for that. It does not: limit what the authority could sign; whoever can read its key can pretend to be any site to those devices.
 */
import "reflect-metadata";

import { createPrivateKey, randomBytes, X509Certificate } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { isIP } from "node:net";
import { hostname, networkInterfaces } from "node:os";
import { join } from "node:path";

import { makeFolder, systemCodeOf, writeFileDurably } from "@kaelix/coordinator";

import { serverErrors } from "../errors.ts";

/** What a TLS server is opened with. */
export interface TlsIdentity {
  /** PEM, the chain from the server up. */
  readonly certificate: string;
  /** PEM. */
  readonly key: string;
  /** The authority that other programs of this machine must trust, PEM; undefined when the system's own suffice. */
  readonly authority: string | undefined;
}

/** Where the authority stands, and what it vouches for. */
export interface AuthorityOptions {
  /** Made when it is not there. */
  readonly folder: string;
  /** Names and addresses besides this machine's own. */
  readonly names: readonly string[];
  readonly nowMs: number;
}

const DAY_MS = 86_400_000;
const AUTHORITY_DAYS = 3_650;
/** Apple's devices take no longer ones. */
const SERVER_DAYS = 397;
const RENEW_DAYS = 30;
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** The server's certificate and key under the installation's own authority, made or renewed where needed. @throws `tls-unusable` */
export async function openOwnAuthority({ folder, names, nowMs }: AuthorityOptions): Promise<TlsIdentity> {
  await makeFolder(folder);
  const wanted = [...new Set([...machineNames(), ...names])];
  const kept = await readPair(join(folder, "authority.pem"));
  const authority = kept ?? (await makeAuthority(nowMs));
  if (kept === undefined)
    await writeFileDurably(join(folder, "authority.pem"), authority.certificate + authority.key, 0o400);
  await writeFileDurably(join(folder, "ca.pem"), authority.certificate, 0o644);
  const standing = await readPair(join(folder, "server.pem"));
  const isGood = standing !== undefined && isGoodFor(standing.certificate, authority.certificate, { wanted, nowMs });
  const server = isGood ? standing : await makeServer(authority, wanted, nowMs);
  if (!isGood) await writeFileDurably(join(folder, "server.pem"), server.certificate + server.key, 0o400);
  return { certificate: server.certificate, key: server.key, authority: authority.certificate };
}

/** Names and addresses under which this machine is reached. */
function machineNames(): readonly string[] {
  const own = hostname().toLowerCase();
  const addresses = Object.values(networkInterfaces()).flatMap((all) =>
    (all ?? []).flatMap(({ address }) => (address.startsWith("fe80:") ? [] : [address])),
  );
  return ["localhost", own, ...(own.includes(".") ? [] : [`${own}.local`]), "127.0.0.1", "::1", ...addresses];
}

interface Pair {
  readonly certificate: string;
  readonly key: string;
}

function isGoodFor(
  pem: string,
  authority: string,
  { nowMs, wanted }: { readonly wanted: readonly string[]; readonly nowMs: number },
): boolean {
  const certificate = new X509Certificate(pem);
  const isFresh = Date.parse(certificate.validTo) - nowMs > RENEW_DAYS * DAY_MS;
  const covers = wanted.every((name) =>
    isIP(name) === 0 ? certificate.checkHost(name) !== undefined : certificate.checkIP(name) !== undefined,
  );
  return isFresh && covers && certificate.verify(new X509Certificate(authority).publicKey);
}

async function makeAuthority(nowMs: number): Promise<Pair> {
  const x509 = await import("@peculiar/x509");
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: randomBytes(16).toString("hex"),
    name: [{ O: ["Kaelix"] }, { CN: [`Kaelix on ${hostname()}`] }],
    notBefore: new Date(nowMs - DAY_MS),
    notAfter: new Date(nowMs + AUTHORITY_DAYS * DAY_MS),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: `${certificate.toString("pem")}\n`, key: await privatePem(keys.privateKey) };
}

async function makeServer(authority: Pair, names: readonly string[], nowMs: number): Promise<Pair> {
  const x509 = await import("@peculiar/x509");
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const issuer = new x509.X509Certificate(authority.certificate);
  const signingKey = await crypto.subtle.importKey("pkcs8", derOf(authority.key), ALGORITHM, false, ["sign"]);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: randomBytes(16).toString("hex"),
    subject: [{ O: ["Kaelix"] }, { CN: [hostname()] }],
    issuer: issuer.subject,
    notBefore: new Date(nowMs - DAY_MS),
    notAfter: new Date(nowMs + SERVER_DAYS * DAY_MS),
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        names.map((value) => ({ type: isIP(value) === 0 ? "dns" : "ip", value }) as const),
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  return { certificate: `${certificate.toString("pem")}\n`, key: await privatePem(keys.privateKey) };
}

async function privatePem(key: CryptoKey): Promise<string> {
  const der = Buffer.from(await crypto.subtle.exportKey("pkcs8", key)).toString("base64");
  return `-----BEGIN PRIVATE KEY-----\n${der.replaceAll(/.{64}/g, "$&\n").trimEnd()}\n-----END PRIVATE KEY-----\n`;
}

function derOf(pem: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(pem.replaceAll(/-----[^-]+-----|\s/g, ""), "base64"));
}

/** A certificate and its key from one file; undefined when it is not there. @throws `tls-unusable` */
async function readPair(path: string): Promise<Pair | undefined> {
  const text = await readIfThere(path);
  if (text === undefined) return undefined;
  const { mode } = await stat(path);
  if ((mode & 0o077) !== 0 && process.platform !== "win32") throw unusable(path, "others may read it: chmod 400");
  const [certificate = "", key = ""] = text.match(/-----BEGIN [^-]+-----[^-]+-----END [^-]+-----\n?/g) ?? [];
  try {
    if (new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key))) return { certificate, key };
  } catch (cause) {
    throw unusable(path, "it is no certificate with its key", cause);
  }
  throw unusable(path, "its certificate is of another key");
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    if (systemCodeOf(cause) === "ENOENT") return undefined;
    throw unusable(path, systemCodeOf(cause), cause);
  }
}

function unusable(path: string, reason: string, cause?: unknown): Error {
  return serverErrors("tls-unusable", {
    message: `Cannot serve TLS with ${path}: ${reason}. Nothing stored is touched; put the file right, or move its folder away to have a new one made`,
    details: { path },
    ...(cause === undefined ? {} : { cause }),
  });
}
