import { levelName, parseId, type PersonId } from "@kaelix/model";
import type { Evidence, MergeProposalView, MergeWish, PersonPage, Somebody } from "@kaelix/recall";

import { gatewayErrors } from "../errors.ts";
import { type Answer, type Exchange, type HandlersOf, withoutUndefined } from "../http/exchange.ts";
import { type Json, timeText } from "../http/wire.ts";

type PeopleRoutes =
  | "people.list"
  | "people.read"
  | "people.graph"
  | "people.reading"
  | "people.merges"
  | "people.decide"
  | "people.undo"
  | "memories.connections";

/** People, and how memories hang together. */
export const peopleHandlers: HandlersOf<PeopleRoutes> = {
  "people.list": async ({ application, principal, query }) => {
    const { limit, query: words, unsure: isUnsureToo } = query;
    const list = await application.people.list(principal, withoutUndefined({ query: words, isUnsureToo, limit }));
    return { type: "json", body: { data: list.people.map(somebodyJson), unsure: list.unsure } };
  },
  "people.read": async ({ application, principal, params }) => {
    const page = await application.people.page(principal, personIdOf(params.id));
    if (page === undefined) throw gatewayErrors("not-found");
    return { type: "json", body: pageJson(page) };
  },
  "people.graph": graph,
  "people.reading": ({ application, principal }) =>
    Promise.resolve({ type: "json", body: { reading: application.people.reading(principal) ?? null } }),
  "people.merges": async ({ application, principal }) => {
    const { decisions, proposals } = await application.people.merges(principal);
    const decided = decisions.map(({ atMs, id, other, person, what }) => ({
      id,
      what,
      at: timeText(atMs),
      person: person === null ? null : somebodyJson(person),
      other,
    }));
    return { type: "json", body: { proposals: proposals.map(proposalJson), decisions: decided } };
  },
  "people.decide": async ({ application, principal, body }) => {
    const outcome = await application.people.decide(principal, wishOf(body));
    if (outcome.type === "missing") throw gatewayErrors("not-found");
    if (outcome.type === "refused") {
      throw gatewayErrors("people-undecidable", { message: `Cannot decide so: ${outcome.why}` });
    }
    return { type: "json", body: { id: outcome.id, outcome: outcome.type } };
  },
  "people.undo": async ({ application, principal, params }) => {
    const id = parseId("dec", params.id);
    if (id === undefined || !(await application.people.undo(principal, id))) throw gatewayErrors("not-found");
    return { type: "empty" };
  },
  "memories.connections": async ({ application, principal, params }) => {
    const id = parseId("mem", params.id);
    const links = id === undefined ? undefined : await application.people.links(principal, id);
    if (links === undefined) throw gatewayErrors("not-found");
    const data = links.links.map(({ document, reason, score }) => ({
      memory: {
        id: document.memoryId,
        text: document.text,
        speaker: document.speaker ?? null,
        level: levelName(document.level),
        occurred_at: timeText(document.occurredAtMs),
      },
      score,
      reason,
    }));
    return { type: "json", body: { named: links.named.map((named) => ({ ...named })), data } };
  },
};

async function graph({ application, principal, params, query }: Exchange<"people.graph">): Promise<Answer> {
  const { hops, nodes: nodesMax } = query;
  const outcome = await application.people.graph(principal, { id: personIdOf(params.id), hops, nodesMax });
  if (outcome.type === "missing") throw gatewayErrors("not-found");
  if (outcome.type === "too-large") {
    const fewer = hops > 1 ? "ask for one step, or for more nodes" : "ask for more nodes";
    throw gatewayErrors("graph-too-large", {
      message: `Cannot draw this graph: it has ${outcome.nodes} nodes, must be ${nodesMax} or fewer; ${fewer}`,
      details: { nodes: outcome.nodes, limit: nodesMax },
    });
  }
  const edges = outcome.edges.map(({ memoryIds, ...edge }) => ({ ...edge, memory_ids: memoryIds }));
  return { type: "json", body: { nodes: outcome.nodes.map((node) => ({ ...node })), edges } };
}

function wishOf(body: Exchange<"people.decide">["body"]): MergeWish {
  const person = personIdOf(body.person);
  switch (body.what) {
    case "merge":
    case "apart":
      return { what: body.what, person, other: personIdOf(body.other) };
    case "split":
    case "confirm":
      return { what: body.what, person, wording: body.wording };
    case "rename":
      return { what: "rename", person, name: body.name };
    case "self":
      return { what: "self", person };
  }
}

/** An id that parses as none is as missing as one that nobody has. */
function personIdOf(text: string): PersonId {
  const id = parseId("per", text);
  if (id === undefined) throw gatewayErrors("not-found");
  return id;
}

function somebodyJson({
  aliases,
  confidence,
  firstAtMs,
  id,
  isSure,
  lastAtMs,
  memories,
  name,
  relation,
}: Somebody): Json {
  const times = { first_at: timeText(firstAtMs), last_at: timeText(lastAtMs) };
  return { id, name, aliases, relation, memories, ...times, confidence, sure: isSure };
}

function evidenceJson({ atMs, level, memoryId, quote, range, speaker }: Evidence): Json {
  return { memory_id: memoryId, at: timeText(atMs), level: levelName(level), speaker, quote, range };
}

function pageJson(page: PersonPage): Json {
  return {
    ...somebodyJson(page.somebody),
    facts: page.facts.map(({ evidence, ...fact }) => ({ ...fact, evidence: evidence.map(evidenceJson) })),
    told_differently: page.differently.map(({ statements, type }) => ({
      type,
      statements: statements.map(({ evidence, value }) => ({ value, evidence: evidenceJson(evidence) })),
    })),
    near: page.near.map(({ evidence, ...named }) => ({ ...named, evidence: evidence.map(evidenceJson) })),
    mentions: page.mentions.map(evidenceJson),
    last_contact: page.lastContact === null ? null : evidenceJson(page.lastContact),
  };
}

/** Two who may be one, or a wording that was taken to mean somebody. */
export function proposalJson(proposal: MergeProposalView): Json {
  const { evidence, reason, type } = proposal;
  const said = { type, reason, evidence: evidence.map(evidenceJson) };
  return proposal.type === "may-be-one"
    ? { ...said, person: somebodyJson(proposal.left), other: somebodyJson(proposal.right), wording: null }
    : { ...said, person: somebodyJson(proposal.somebody), other: null, wording: proposal.wording };
}
