/** Uploading an export file with progress, which `fetch` cannot tell: the one call that goes around the contract's client. */
import { KaelixProblem, routes } from "@kaelix/contract";

import { currentToken, renew } from "./connection.ts";
import type { WireImport } from "./wire.ts";

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

function send(file: File, zone: string, onProgress: (fraction: number) => void): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const { method, path } = routes["imports.upload"];
    request.open(method, `${path}?${new URLSearchParams({ zone }).toString()}`);
    request.setRequestHeader("authorization", `Bearer ${currentToken() ?? ""}`);
    request.responseType = "json";
    request.upload.addEventListener(
      "progress",
      (event) => event.lengthComputable && onProgress(event.loaded / event.total),
    );
    request.addEventListener("load", () => resolve({ status: request.status, body: request.response }));
    request.addEventListener("error", () => reject(new TypeError("The upload was cut")));
    const form = new FormData();
    form.set("file", file, file.name);
    request.send(form);
  });
}

/**
 * Uploads a file to be looked at; nothing is kept before the import is started.
 * @param zone IANA name, for exports that do not say theirs
 * @param onProgress from 0 to 1
 * @throws KaelixProblem, or TypeError when the connection is cut
 */
export async function uploadImport(
  file: File,
  zone: string,
  onProgress: (fraction: number) => void,
): Promise<WireImport> {
  let answer = await send(file, zone, onProgress);
  if (answer.status === 401 && (await renew())) answer = await send(file, zone, onProgress);
  if (answer.status < 200 || answer.status > 299) {
    throw new KaelixProblem(
      answer.status,
      typeof answer.body === "object" && answer.body !== null ? { ...answer.body } : {},
    );
  }
  // The server answers what the route's schema says; the gateway's tests check it.
  return answer.body as WireImport;
}
