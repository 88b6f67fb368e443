/**
 * One tool: what it is called, what it may, what it takes and what it gives.
 *
 * Guarantees: a tool runs only after `decide` has allowed each of its actions to the caller; arguments are parsed by its schema before;
 * whatever goes wrong is a tool error that holds the same problem document as the API answers with.
 */
import type { Clock } from "@kaelix/base";
import type { Logger } from "@kaelix/coordinator";
import type { MemoryClient } from "@kaelix/model";
import type { Action } from "@kaelix/security";
import type {
  CallToolResult,
  InputRequiredResult,
  McpServer,
  ServerContext,
  StandardSchemaWithJSON,
  ToolAnnotations,
} from "@modelcontextprotocol/server";
import type { FastifyRequest } from "fastify";
import type { z } from "zod";

import type { Application, HouseApplication } from "../application.ts";
import { type Caller, decideFor, mustMay } from "../http/admission.ts";
import type { ProblemRows } from "../http/problem-page.ts";
import { describeForLog, type Problem, problemOf } from "../http/problem.ts";
import { parseInput } from "../http/validate.ts";
import type { IdentityPort } from "../identity-port.ts";

/** What tools work with while one request is served. */
export interface Visit {
  readonly caller: Caller;
  readonly application: Application;
  readonly identity: IdentityPort;
  readonly clock: Clock;
  readonly request: FastifyRequest;
  readonly describe: HouseApplication["describe"];
  readonly rows: ProblemRows;
  readonly log: Logger;
  /** Where the house is reached from outside, without a slash at the end. */
  readonly origin: string;
  /** The program that writes, when a key does; asked for once. */
  readonly writer: () => Promise<MemoryClient | undefined>;
}

/** What a tool is told with its arguments. */
export interface ToolContext {
  readonly visit: Visit;
  readonly context: ServerContext;
}

interface ToolSpec<Input extends z.ZodObject, Output extends z.ZodObject> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** Every one of them must be allowed. */
  readonly actions: readonly Action[];
  readonly input: Input;
  readonly output: Output;
  readonly annotations: ToolAnnotations;
  run(input: z.output<Input>, tools: ToolContext): Promise<z.input<Output> | InputRequiredResult>;
}

/** A tool of any shape. */
export interface McpTool {
  readonly name: string;
  readonly actions: readonly Action[];
  /** Adds it to the server of one request. */
  register(server: McpServer, visit: Visit): void;
}

/** Makes a tool. */
export function defineTool<Input extends z.ZodObject, Output extends z.ZodObject>(
  spec: ToolSpec<Input, Output>,
): McpTool {
  const { name, title, description, actions, annotations } = spec;
  const inputSchema = unparsed(spec.input);
  return {
    name,
    actions,
    register: (server, visit) => {
      server.registerTool(
        name,
        {
          title,
          description,
          inputSchema,
          outputSchema: spec.output,
          annotations: { openWorldHint: false, ...annotations },
        },
        (given, context) =>
          answering(visit, name, async () => {
            for (const action of actions) mustMay(visit.caller, action, visit);
            // Parsed by this very schema, which is what its output type says.
            const input = parseInput(spec.input, given, "") as z.output<Input>;
            const outcome = await spec.run(input, { visit, context });
            return isQuestion(outcome) ? outcome : resultOf(outcome);
          }),
      );
    },
  };
}

/** True when the caller may use a tool at all: others are not even named to them. */
export function isOffered(tool: Pick<McpTool, "actions">, visit: Pick<Visit, "caller" | "clock">): boolean {
  return tool.actions.every((action) => decideFor(visit.caller, action, visit.clock).allow);
}

/** The problem document of what was thrown while a tool, a resource or a prompt was served; what nobody expected goes to the log. */
export function problemIn(visit: Visit, name: string, error: unknown): Problem {
  const { rows, request, log } = visit;
  const problem = problemOf(error, { instance: `/mcp/${name}`, traceId: request.id }, rows);
  if (problem.unexpected || problem.status === 500) {
    log.error({ trace_id: request.id, tool: name, ...describeForLog(error) }, "failed");
  }
  return problem;
}

async function answering(
  visit: Visit,
  name: string,
  run: () => Promise<CallToolResult | InputRequiredResult>,
): Promise<CallToolResult | InputRequiredResult> {
  try {
    return await run();
  } catch (error) {
    const { document } = problemIn(visit, name, error);
    // Not as structured content: older clients hold that against the tool's own schema.
    return {
      isError: true,
      content: [{ type: "text", text: JSON.stringify(document) }],
      _meta: { "kaelix/problem": document },
    };
  }
}

function resultOf(structuredContent: Record<string, unknown>): CallToolResult {
  return { structuredContent, content: [{ type: "text", text: JSON.stringify(structuredContent) }] };
}

function isQuestion(outcome: object): outcome is InputRequiredResult {
  return "resultType" in outcome && outcome.resultType === "input_required";
}

/** A schema that is listed as it is but parses nothing: what is wrong shall be answered as a problem of ours. */
function unparsed(schema: z.ZodObject): StandardSchemaWithJSON<unknown, unknown> {
  const standard = schema["~standard"];
  return {
    "~standard": { version: 1, vendor: "kaelix", jsonSchema: standard.jsonSchema, validate: (value) => ({ value }) },
  };
}
