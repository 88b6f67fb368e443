/** How the server speaks TLS, if it does: with a certificate that was given, or under an authority of its own. */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { systemCodeOf } from "@kaelix/coordinator";

import type { DataPaths } from "../data-directory.ts";
import { serverErrors } from "../errors.ts";
import type { ServerSettings } from "../settings.ts";
import type { TlsIdentity } from "./own-authority.ts";

/** Where an authority of the installation's own stands. */
export function tlsFolder(paths: DataPaths): string {
  return join(dirname(paths.keyFile), "tls");
}

/** What TLS is served with; undefined: not at all. @throws `tls-unusable` */
export async function openTls(
  settings: ServerSettings,
  paths: DataPaths,
  given: { readonly publicOrigins: readonly string[]; readonly nowMs: number },
): Promise<TlsIdentity | undefined> {
  const { tls, tlsCertificateFile: certificateFile, tlsKeyFile: keyFile, host } = settings;
  if (certificateFile !== undefined && keyFile !== undefined) return readGiven(certificateFile, keyFile);
  if (certificateFile !== undefined || keyFile !== undefined) {
    throw serverErrors("tls-unusable", {
      message: "Cannot serve TLS: KAELIX_TLS_CERT and KAELIX_TLS_KEY are needed together",
    });
  }
  if (!tls) return undefined;
  const named = given.publicOrigins.map((origin) => new URL(origin).hostname.replace(/^\[|\]$/g, ""));
  const own = /^(0\.0\.0\.0|::)$/.test(host) ? [] : [host];
  // Making certificates takes a library that nobody else needs.
  const { openOwnAuthority } = await import("./own-authority.ts");
  return openOwnAuthority({ folder: tlsFolder(paths), names: [...own, ...named], nowMs: given.nowMs });
}

async function readGiven(certificateFile: string, keyFile: string): Promise<TlsIdentity> {
  const [certificate, key] = await Promise.all([readPem(certificateFile), readPem(keyFile)]);
  try {
    if (!new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key))) throw new Error("Another key");
  } catch (cause) {
    const message = `Cannot serve TLS: ${certificateFile} must be a certificate in PEM and ${keyFile} its key`;
    throw serverErrors("tls-unusable", { message, cause });
  }
  return { certificate, key, authority: undefined };
}

async function readPem(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw serverErrors("tls-unusable", {
      message: `Cannot serve TLS: ${path} cannot be read (${systemCodeOf(cause)})`,
      cause,
    });
  }
}
