/**
 * The AI provider as the gateway asks for it: how it stands, a test, and answers in its words.
 *
 * Guarantees: nothing of who wants nothing of theirs sent, be it the question or what they shared, is sent; of an answer only quotations at
 * levels that may be sent are sent, with the question, and the question only when the rules put it at such a level; quotations that may not
 * be sent stand in the answer as quoted; whatever the provider does, there is an answer.
 */
import { isKaelixError } from "@kaelix/base";
import type { AnswerOutcome, ProviderApplication, ProviderTestView, WriterView, WritingOptions } from "@kaelix/gateway";
import { classifyByRules } from "@kaelix/intelligence";
import type { UserId } from "@kaelix/model";
import { LineReader, type WritingPassage, writingPrompt } from "@kaelix/recall";

import { embeddingStatus } from "../embedding/house-embedder.ts";
import type { HouseContext } from "../house-parts.ts";
import type { HouseProvider } from "./house-provider.ts";

const MILLION = 1_000_000;
/** Answers that are being written at the same time; who comes then gets the quoted one. */
const WRITING_MAX = 8;
const ANSWER_TOKENS = 600;
const TEST_TOKENS = 200;

type NotWritten = NonNullable<AnswerOutcome["notWritten"]>;

/** The application's side of the provider. */
export function providerApplication(context: HouseContext): ProviderApplication {
  const { choices, clock, parts } = context;
  const { provider } = parts;
  return {
    read: async ({ userId }) => ({
      writer: provider === undefined ? null : await writerView(context, provider),
      meaning: embeddingStatus(context),
      choice: choices.of(userId),
    }),
    choose: async ({ tenantId, userId }, allowed) => {
      const choice = await choices.choose(tenantId, userId, allowed, clock);
      if (!allowed) parts.backups?.noteTaken();
      return choice;
    },
    test: async (signal) => (provider === undefined ? undefined : await test(provider, context, signal)),
    write: provider?.writes === true ? writer(provider) : undefined,
  };
}

async function writerView({ parts, settings }: HouseContext, provider: HouseProvider): Promise<WriterView> {
  const { host, isPaused, model, problem, requests, today } = provider.chat.state();
  const judging = (await parts.judging?.state()) ?? { judged: 0, raised: 0, silent: 0, waiting: 0 };
  const isPriced = settings.aiPriceRead > 0 || settings.aiPriceWritten > 0;
  return {
    host,
    model,
    levelMax: provider.levelMax,
    writes: provider.writes,
    judgesBelow: provider.judgesBelow > 0 ? provider.judgesBelow : null,
    state: problem === "provider-budget-spent" ? "spent" : isPaused ? "paused" : "ready",
    problem,
    requests,
    ...judging,
    tokensToday: today.tokens,
    tokensPerDay: settings.aiTokensPerDay,
    costToday: isPriced ? today.cost / MILLION : null,
    costPerDay: isPriced ? settings.aiCostPerDay : null,
  };
}

/** Asks for one word, as JSON: what judging needs of a model too. */
async function test(provider: HouseProvider, { clock }: HouseContext, signal: AbortSignal): Promise<ProviderTestView> {
  const beganMs = clock.monotonicMs();
  const { host, model } = provider.chat.state();
  const problem = await provider.chat
    .value({
      messages: [{ role: "user", content: 'Answer with this JSON and nothing else: {"ok":true}' }],
      tokensMax: TEST_TOKENS,
      schema: {
        name: "test",
        schema: {
          type: "object",
          additionalProperties: false,
          required: ["ok"],
          properties: { ok: { type: "boolean" } },
        },
      },
      parse: (value) => (typeof value === "object" && value !== null && "ok" in value ? true : undefined),
      signal,
      isUrgent: true,
    })
    .then(
      () => undefined,
      (error: unknown) => error,
    );
  const tookMs = clock.monotonicMs() - beganMs;
  if (problem === undefined) return { ok: true, model, host, tookMs, problem: null, text: "It answers as it should" };
  signal.throwIfAborted();
  if (!isKaelixError(problem)) throw problem;
  return {
    ok: false,
    model,
    host,
    tookMs,
    problem: problem.code,
    text: wordsFor(problem.code, problem.details["status"]),
  };
}

/** What a failure means for whoever set the provider up. */
function wordsFor(code: string, status: unknown): string {
  if (status === 401 || status === 403) return `It refuses the key (status ${status})`;
  if (status === 404) return "It does not know the address or the model (status 404)";
  switch (code) {
    case "provider-unreachable":
      return "Nobody answers at this address";
    case "provider-late":
      return "It did not answer in time";
    case "provider-busy":
      return "It asks to wait: too many requests, or its own limit is reached (status 429)";
    case "provider-answer-invalid":
      return "It answers, but not with JSON as it was asked to: another model may do better";
    case "provider-budget-spent":
      return "What it may cost today is spent; it was not asked";
    case "provider-paused":
      return "It kept failing and is left alone for a few minutes; it was not asked";
    default:
      return typeof status === "number" ? `It failed (status ${status})` : "It failed";
  }
}

/** Writes answers. */
export function writer(
  provider: Pick<HouseProvider, "chatFor" | "who" | "levelMax">,
): NonNullable<ProviderApplication["write"]> {
  let writing = 0;
  return async (question, quoted, options) => {
    const { asker } = options;
    const isLetGo = (): boolean => provider.chatFor(asker) !== undefined;
    if (quoted.kind !== "quoted") return quoted;
    if (!isLetGo()) return { ...quoted, notWritten: "kept" };
    if (quoted.hasConflict === true) return { ...quoted, notWritten: "conflict" };
    const ownerOf = ({ placed }: AnswerOutcome["citations"][number]): UserId => placed.shared?.by.user ?? asker;
    const sent = quoted.citations.filter((citation) => {
      return citation.placed.memory.level <= provider.levelMax && provider.chatFor(ownerOf(citation)) !== undefined;
    });
    // A name that a memory lent to the question is that memory's.
    const { level = 1, owner: lender = asker } = quoted.understoodFrom ?? {};
    const asked = Math.max(classifyByRules(question).level, level);
    const chat = provider.chatFor(...new Set([asker, lender, ...sent.map(ownerOf)]));
    if (chat === undefined || sent.length === 0 || asked > provider.levelMax)
      return { ...quoted, notWritten: "withheld" };
    if (writing >= WRITING_MAX) return { ...quoted, notWritten: "down" };
    writing += 1;
    try {
      return await written(chat, provider.who, { question, quoted, sent, options });
    } catch (error) {
      return isLetGo() ? { ...quoted, notWritten: reasonOf(error) } : { ...quoted, notWritten: "kept" };
    } finally {
      writing -= 1;
    }
  };
}

type Chatting = NonNullable<ReturnType<HouseProvider["chatFor"]>>;

interface Writing {
  readonly question: string;
  readonly quoted: AnswerOutcome;
  readonly sent: AnswerOutcome["citations"];
  readonly options: WritingOptions;
}

/** The written answer. @throws what the provider fails with */
async function written(
  chat: Chatting,
  who: string,
  { options, question, quoted, sent }: Writing,
): Promise<AnswerOutcome> {
  const { onSentence, signal } = options;
  const passages = sent.map(passageOf);
  const { system, user } = writingPrompt(question, passages);
  // What is said of many memories at once ("12 memories speak of this") no model can know from the few it is shown.
  const leads = quoted.sentences.filter(({ citations }) => citations.length > 1);
  let told = 0;
  const attempt = async (): Promise<LineReader> => {
    const reader = new LineReader(passages, (sentence) => {
      if (told === 0) leads.forEach(onSentence);
      told += 1;
      onSentence(sentence);
    });
    await chat.text({
      messages: [
        { role: "system", content: system },
        { role: "user", content: user },
      ],
      tokensMax: ANSWER_TOKENS,
      signal,
      isUrgent: true,
      onText: (piece) => reader.push(piece),
    });
    return reader;
  };
  // Somebody waits: once more at once, or not at all.
  const reader = await attempt().catch((error: unknown) => {
    if (told > 0 || signal.aborted || !isKaelixError(error) || !error.retry || error.kind !== "upstream") throw error;
    return attempt();
  });
  const sentences = reader.end();
  if (sentences.length === 0) return { ...quoted, notWritten: "unsupported" };
  const withheld = quoted.citations.filter((citation) => !sent.includes(citation)).map(({ number }) => number);
  const rest = quoted.sentences.filter(({ citations }) => {
    const [only] = citations;
    return citations.length === 1 && only !== undefined && withheld.includes(only);
  });
  const all = [...leads, ...sentences, ...rest];
  const used = new Set(all.flatMap(({ citations }) => citations));
  return {
    ...quoted,
    kind: "written",
    text: all.map(({ text }) => text).join(" "),
    sentences: all,
    citations: quoted.citations.filter(({ number }) => used.has(number)),
    writtenBy: who,
  };
}

function passageOf({ number, placed, quote }: AnswerOutcome["citations"][number]): WritingPassage {
  const { caption, occurredAtMs, speaker } = placed.memory;
  return {
    number,
    text: quote,
    occurredAtMs,
    ...(speaker === undefined ? {} : { speaker }),
    ...(caption === undefined ? {} : { caption }),
  };
}

/** Why nobody wrote, from what a provider failed with. */
export function reasonOf(error: unknown): NotWritten {
  if (isKaelixError(error, "provider-late")) return "late";
  if (isKaelixError(error, "provider-budget-spent")) return "spent";
  return isKaelixError(error, "provider-declined") ? "unsupported" : "down";
}
