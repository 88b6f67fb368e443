import { PURPOSE_HEADER } from "@kaelix/contract";
import { parseId } from "@kaelix/model";
import type { FastifyRequest } from "fastify";

import type { Reach } from "../application.ts";
import { FieldsError } from "../http/problem.ts";

/** How far a request reaches: a program sees its person's own memories alone, and of others nothing; who asks for their own sees these. */
export function reachOf(request: FastifyRequest, owner: string | undefined): Reach | undefined {
  const { subject } = request;
  const isPerson = subject?.type === "user";
  const own = isPerson || subject?.type === "agent" ? subject.userId : undefined;
  if (owner === "me" || owner === own) return undefined;
  const purpose = purposeOf(request);
  if (owner === undefined || owner === "all") return isPerson ? { owner: "all", purpose } : undefined;
  if (owner === "others") return { owner, purpose };
  const user = parseId("usr", owner);
  if (user === undefined) throw new FieldsError([{ pointer: "/owner", detail: "Must be all, me, others or a user" }]);
  return { owner: user, purpose };
}

function purposeOf(request: FastifyRequest): string | null {
  const said = request.headers[PURPOSE_HEADER];
  return typeof said === "string" && said !== "" ? said : null;
}
