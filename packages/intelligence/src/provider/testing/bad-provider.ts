/** A real HTTP server that speaks `chat/completions` and can misbehave in every way that a provider can. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";

/** What a request asked. */
export interface HeardRequest {
  readonly headers: IncomingHttpHeaders;
  readonly body: Readonly<Record<string, unknown>>;
  /** The words of its messages. */
  readonly system: string;
  readonly user: string;
  readonly isStream: boolean;
}

/** How one request is answered. `content`: as it should be. */
export type Behaviour =
  | { readonly type: "content"; readonly content: string; readonly finish?: string; readonly usage?: boolean }
  | { readonly type: "refusal" }
  | { readonly type: "status"; readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  | { readonly type: "garbage" }
  | { readonly type: "body"; readonly body: string; readonly contentType?: string }
  | { readonly type: "hang" }
  /** A piece now and then, and never an end. */
  | { readonly type: "drip" }
  | { readonly type: "huge" }
  | { readonly type: "cut" };

/** The server. */
export interface BadProvider {
  readonly url: string;
  readonly heard: readonly HeardRequest[];
  /** Answers the next requests. */
  behave: (request: HeardRequest) => Behaviour;
  close(): Promise<void>;
}

/** The same level for every text of a request to judge. */
export function verdictsFor(request: HeardRequest, levelOf: (text: string) => number): Behaviour {
  const texts = JSON.parse(request.user) as readonly { readonly n: number; readonly text: string }[];
  const verdicts = texts.map(({ n, text }) => ({ n, level: levelOf(text), about: "other" }));
  return { type: "content", content: JSON.stringify({ verdicts }) };
}

/** Starts it on a port that the system chooses. */
export async function startBadProvider(behave: BadProvider["behave"]): Promise<BadProvider> {
  const heard: HeardRequest[] = [];
  const timers = new Set<NodeJS.Timeout>();
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const one = heardOf(request.headers, Buffer.concat(pieces).toString());
      heard.push(one);
      answer(response, one, { behaviour: provider.behave(one), timers });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const provider: BadProvider = {
    url: `http://127.0.0.1:${port}/v1`,
    heard,
    behave,
    close: () =>
      new Promise((resolve) => {
        for (const timer of timers) clearInterval(timer);
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return provider;
}

function heardOf(headers: IncomingHttpHeaders, text: string): HeardRequest {
  const body = JSON.parse(text) as Record<string, unknown>;
  const messages = (body["messages"] ?? []) as readonly { readonly role: string; readonly content: string }[];
  const said = (role: string): string => messages.find((message) => message.role === role)?.content ?? "";
  return { headers, body, system: said("system"), user: said("user"), isStream: body["stream"] === true };
}

const JSON_HEAD = { "content-type": "application/json" };
const STREAM_HEAD = { "content-type": "text/event-stream" };

function answer(
  response: ServerResponse,
  { isStream }: HeardRequest,
  { behaviour, timers }: { readonly behaviour: Behaviour; readonly timers: Set<NodeJS.Timeout> },
): void {
  const head = isStream ? STREAM_HEAD : JSON_HEAD;
  switch (behaviour.type) {
    case "content":
      response.writeHead(200, head).end(isStream ? streamOf(behaviour) : wholeOf(behaviour));
      return;
    case "refusal":
      response.writeHead(200, JSON_HEAD).end(
        JSON.stringify({
          choices: [{ message: { content: null, refusal: "I would rather not" }, finish_reason: "stop" }],
        }),
      );
      return;
    case "status":
      response.writeHead(behaviour.status, behaviour.headers).end('{"error":"a secret word"}');
      return;
    case "garbage":
      response.writeHead(200, head).end(isStream ? "data: {{{\n\n" : "<html>a secret word");
      return;
    case "body":
      response.writeHead(200, { "content-type": behaviour.contentType ?? "application/json" }).end(behaviour.body);
      return;
    case "hang":
      return;
    case "drip": {
      response.writeHead(200, head);
      timers.add(setInterval(() => response.write(isStream ? ": \n" : " "), 5));
      return;
    }
    case "huge":
      response.writeHead(200, head).end(" ".repeat(3 * 1024 * 1024));
      return;
    case "cut":
      response.writeHead(200, head);
      response.write(isStream ? chunkOf("The half of") : '{"choices":[');
      response.destroy();
      return;
  }
}

const USAGE = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };

function wholeOf({ content, finish = "stop", usage = true }: Behaviour & { readonly type: "content" }): string {
  const choices = [{ index: 0, message: { role: "assistant", content }, finish_reason: finish }];
  return JSON.stringify({ choices, ...(usage ? { usage: USAGE } : {}) });
}

function chunkOf(content: string): string {
  return `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`;
}

/** Cut at every fifth letter: no piece is a line, let alone a sentence. */
function streamOf({ content, finish = "stop", usage = true }: Behaviour & { readonly type: "content" }): string {
  const pieces = content.match(/[\s\S]{1,5}/gu) ?? [];
  const end = { choices: [{ index: 0, delta: {}, finish_reason: finish }], ...(usage ? { usage: USAGE } : {}) };
  return `${pieces.map(chunkOf).join("")}data: ${JSON.stringify(end)}\n\ndata: [DONE]\n\n`;
}
