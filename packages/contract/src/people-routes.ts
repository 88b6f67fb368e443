/** Routes of people and of how memories hang together: part of the one table in `routes.ts`. */
import type { z } from "zod";

import {
  decidedAnswerSchema,
  decideSchema,
  decisionParams,
  graphQuerySchema,
  memoryLinksParams,
  memoryLinksSchema,
  mergesSchema,
  peopleGraphSchema,
  peopleListSchema,
  peopleQuerySchema,
  peopleReadingSchema,
  personPageSchema,
  personParams,
} from "./people-schemas.ts";
import type { Route } from "./route.ts";

const BASE = "/api/v1";
const json = <Schema extends z.ZodType>(schema: Schema, status = 200) => ({ status, type: "json", schema }) as const;

/** The routes by name. */
export const peopleRoutes = {
  "people.list": {
    method: "GET",
    path: `${BASE}/people`,
    action: "people.read",
    tag: "people",
    summary: "Who the memories of levels general and confidential speak of, the most spoken of first",
    query: peopleQuerySchema,
    success: json(peopleListSchema),
    waits: true,
  },
  "people.reading": {
    method: "GET",
    path: `${BASE}/people/reading`,
    action: "people.read",
    tag: "people",
    summary: "How many memories of how many are read for people, while they are",
    success: json(peopleReadingSchema),
  },
  "people.merges": {
    method: "GET",
    path: `${BASE}/people/merges`,
    action: "people.read",
    tag: "people",
    summary: "Who may be the same as whom, and what was decided about it",
    success: json(mergesSchema),
    waits: true,
  },
  "people.decide": {
    method: "POST",
    path: `${BASE}/people/merges`,
    action: "people.decide",
    tag: "people",
    summary: "Decide that two are one or are not, that a wording is somebody else, or what somebody is called",
    body: decideSchema,
    success: json(decidedAnswerSchema, 201),
  },
  "people.undo": {
    method: "DELETE",
    path: `${BASE}/people/merges/{id}`,
    action: "people.decide",
    tag: "people",
    summary: "Take a decision back",
    params: decisionParams,
    success: { status: 204, type: "empty" },
  },
  "people.read": {
    method: "GET",
    path: `${BASE}/people/{id}`,
    action: "people.read",
    tag: "people",
    summary: "What memories say of somebody, dated, each with the words that say it",
    params: personParams,
    success: json(personPageSchema),
    waits: true,
  },
  "people.graph": {
    method: "GET",
    path: `${BASE}/people/{id}/graph`,
    action: "people.read",
    tag: "people",
    summary:
      "What hangs together around somebody, in one or two steps; refused when it would be more nodes than asked for",
    params: personParams,
    query: graphQuerySchema,
    success: json(peopleGraphSchema),
    waits: true,
  },
  "memories.connections": {
    method: "GET",
    path: `${BASE}/memories/{id}/connections`,
    action: "memory.read",
    tag: "memories",
    summary: "What a memory names and which memories it belongs with, each with its reason",
    params: memoryLinksParams,
    success: json(memoryLinksSchema),
    waits: true,
  },
} as const satisfies Readonly<Record<string, Route>>;
