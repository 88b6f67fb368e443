/** Memories and the person as resources, and prompts that bring memories along. Behind the same policy as the tools. */
import { levelName } from "@kaelix/model";
import {
  type McpServer,
  ProtocolError,
  ProtocolErrorCode,
  ResourceNotFoundError,
  ResourceTemplate,
} from "@modelcontextprotocol/server";
import { z } from "zod";

import { mustMay } from "../http/admission.ts";
import { packContext } from "./context.ts";
import { readMemory } from "./reading.ts";
import { contextOf } from "./reading-tools.ts";
import { HEAD, NOTICE, wholeMemory } from "./shapes.ts";
import { isOffered, problemIn, type Visit } from "./tool.ts";

const JSON_TYPE = "application/json";
const MEMORY = { actions: ["memory.read"] } as const;
const PROFILE = { actions: ["user.read"] } as const;
const BRIEFING = { actions: ["memory.search", "memory.list"] } as const;
const BRIEF_TOKENS = 4_000;
const SUBJECT_LENGTH_MAX = 1_000;

/** Adds what the caller may read. */
export function addResources(server: McpServer, visit: Visit): void {
  if (isOffered(MEMORY, visit)) {
    server.registerResource(
      "memory",
      // Not listed: whoever wants to go through them has the tools.
      new ResourceTemplate("kaelix://memories/{id}", { list: undefined }),
      { title: "A memory", description: `One memory by its id. ${NOTICE}`, mimeType: JSON_TYPE },
      (uri, { id }) =>
        answering(visit, uri.href, async () => {
          mustMay(visit.caller, "memory.read", visit);
          const placed = await readMemory(visit, String(id));
          return contents(uri.href, { ...HEAD, memory: wholeMemory(placed) });
        }),
    );
  }
  if (!isOffered(PROFILE, visit)) return;
  server.registerResource(
    "profile",
    "kaelix://profile",
    { title: "The person", description: "Whose memory this is", mimeType: JSON_TYPE },
    (uri) =>
      answering(visit, uri.href, async () => {
        mustMay(visit.caller, "user.read", visit);
        const { principal } = visit.caller;
        const { name, role } = await visit.identity.profile(principal.userId);
        return contents(uri.href, { type: "profile", name, role, open_up_to: levelName(principal.ceiling) });
      }),
  );
}

/** Adds the prompts that the caller may use. */
export function addPrompts(server: McpServer, visit: Visit): void {
  if (!isOffered(BRIEFING, visit)) return;
  const subject = z.string().trim().min(1).max(SUBJECT_LENGTH_MAX);
  server.registerPrompt(
    "brief_me",
    {
      title: "Brief me",
      description: "A short briefing from what is remembered",
      argsSchema: z.object({
        about: subject.optional().describe("What the briefing is about; without it, what is new"),
      }),
    },
    ({ about }) =>
      briefing(visit, "brief_me", about, [
        "Brief me in at most ten short points from the memories below: what is new, what is decided, what is open.",
        "Name the day and who said it for each point. Say so when memories contradict each other.",
      ]),
  );
  server.registerPrompt(
    "prepare_for_meeting",
    {
      title: "Prepare for a meeting",
      description: "What is remembered of a person or a subject, before a meeting",
      argsSchema: z.object({
        with: subject.describe("Whom the meeting is with"),
        about: subject.optional().describe("What it is about"),
      }),
    },
    ({ with: person, about }) =>
      briefing(visit, "prepare_for_meeting", about === undefined ? person : `${person} ${about}`, [
        "Prepare me for a meeting from the memories below: what we last spoke of, what I promised and what they did, what matters to them.",
        "Keep to one page. Name the day for each point, and what is not known.",
      ]),
  );
}

interface PromptMessage {
  readonly role: "user";
  readonly content:
    | { readonly type: "text"; readonly text: string }
    | {
        readonly type: "resource";
        readonly resource: { readonly uri: string; readonly mimeType: string; readonly text: string };
      };
}

async function briefing(
  visit: Visit,
  name: string,
  about: string | undefined,
  ours: readonly string[],
): Promise<{ messages: PromptMessage[] }> {
  return answering(visit, name, async () => {
    for (const action of BRIEFING.actions) mustMay(visit.caller, action, visit);
    const found = await contextOf(visit, about === undefined ? {} : { about });
    const packed = packContext({ ...found, tokensMax: BRIEF_TOKENS });
    const memories = JSON.stringify({ ...HEAD, ...packed });
    return {
      messages: [
        { role: "user", content: { type: "text", text: [...ours, NOTICE].join(" ") } },
        // Memories stand in a resource of their own, not among our words.
        {
          role: "user",
          content: { type: "resource", resource: { uri: "kaelix://context", mimeType: JSON_TYPE, text: memories } },
        },
      ],
    };
  });
}

function contents(uri: string, data: object): { contents: { uri: string; mimeType: string; text: string }[] } {
  return { contents: [{ uri, mimeType: JSON_TYPE, text: JSON.stringify(data) }] };
}

/** Resources and prompts have no errors in their results: the problem goes along with the protocol's own. */
async function answering<Result>(visit: Visit, name: string, run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    const { document, status } = problemIn(visit, name, error);
    if (status === 404) throw new ResourceNotFoundError(name);
    const code = status >= 500 ? ProtocolErrorCode.InternalError : ProtocolErrorCode.InvalidParams;
    throw new ProtocolError(code, String(document["detail"]), document);
  }
}
