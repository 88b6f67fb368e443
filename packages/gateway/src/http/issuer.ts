import type { FastifyRequest } from "fastify";

/**
 * This server, as whoever asks has reached it: the public origin of the same host, else the Host under the protocol it came by. The Host
 * has been checked before (`host-check.ts`); a client compares it with the address that it began at.
 */
export function issuerOf(
  request: Pick<FastifyRequest, "protocol"> & { readonly headers: { readonly host?: string | undefined } },
  publicOrigins: readonly string[],
): string {
  const host = (request.headers.host ?? "localhost").toLowerCase();
  const known = publicOrigins.find((origin) => new URL(origin).host === host);
  return known === undefined ? `${request.protocol}://${host}` : new URL(known).origin;
}
