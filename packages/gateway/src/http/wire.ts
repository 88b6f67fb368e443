/** From what the application answers to the JSON of the contract: snake_case, RFC 3339, null for what is absent. Pure. */
import { formatPosition, type LogPosition } from "@kaelix/base";
import { type FileFacts, levelName } from "@kaelix/model";

import type {
  AnswerOutcome,
  ConversationSummary,
  FacetCount,
  FoundMemory,
  EmbeddingStatus,
  PurgeStatus,
  HouseStatus,
  MemoryVersion,
  PlacedMemory,
  QuotedTime,
  SearchOutcome,
  SharedMark,
  StartStep,
  VerificationOutcome,
} from "../application.ts";
import type { ImportView } from "../import-application.ts";

/** JSON of one object. */
export type Json = Readonly<Record<string, unknown>>;

/** Epoch ms as RFC 3339 in UTC. */
export function timeText(ms: number): string {
  return new Date(ms).toISOString();
}

/** Of what is another's: who shared it, and until when. Nothing of one's own. */
function sharedJson(shared: SharedMark | undefined): Json {
  if (shared === undefined) return {};
  const { by, grant, untilMs } = shared;
  return { shared: { by: { id: by.user, name: by.name }, grant, until: timeText(untilMs) } };
}

/** Of what its owner's browser sealed: that. Nothing of what can be read here. */
function sealedJson({ clientSealed }: { readonly clientSealed?: string }): Json {
  return clientSealed === undefined ? {} : { sealed: clientSealed };
}

const timeOrNull = (ms: number | null): string | null => (ms === null ? null : timeText(ms));

/** A memory as search shows it. */
export function foundMemoryJson(memory: FoundMemory, position: LogPosition): Json {
  return {
    id: memory.memoryId,
    text: memory.text,
    caption: memory.caption ?? null,
    speaker: memory.speaker ?? null,
    conversation:
      memory.conversationId === null ? null : { id: memory.conversationId, title: memory.conversationTitle ?? null },
    level: levelName(memory.level),
    source: memory.source,
    import_id: memory.importId,
    occurred_at: timeText(memory.occurredAtMs),
    recorded_at: timeText(memory.recordedAtMs),
    version: memory.version,
    position: formatPosition(position),
  };
}

/** A file, as whoever sees its memory sees it: never its key, or where it stands. */
export function fileJson({ id, name, type, bytes }: FileFacts): Json {
  return { id, name, type, bytes };
}

/** A memory. */
export function memoryJson(placed: PlacedMemory): Json {
  const { memory } = placed;
  return {
    ...sharedJson(placed.shared),
    ...foundMemoryJson(memory, placed.position),
    ...sealedJson(memory),
    ...(memory.neverRecalled === undefined ? {} : { never_recalled: true }),
    level_decided_by: memory.levelDecidedBy,
    confidence: memory.confidence,
    reasons: memory.reasons.map((reason) => ({
      rule: reason.rule,
      level: levelName(reason.level),
      text: reason.text,
    })),
    client: memory.client ?? null,
    external_id: memory.externalId ?? null,
    attachments: memory.attachments ?? [],
    files: (memory.files ?? []).map(fileJson),
    context: memory.context ?? null,
    // A memory is shown only after it was stored, and rules classify before storing.
    progress: { stored: true, searchable: placed.searchable, classified: true },
  };
}

/** One state a memory was in. */
export function versionJson(version: MemoryVersion): Json {
  return {
    version: version.version,
    change: version.change,
    text: version.text,
    ...sealedJson(version),
    level: levelName(version.level),
    level_decided_by: version.levelDecidedBy,
    client: version.client ?? null,
    reason: version.reason ?? null,
    at: timeText(version.atMs),
    position: formatPosition(version.position),
  };
}

/** A conversation. */
export function conversationJson(conversation: ConversationSummary): Json {
  return {
    ...sharedJson(conversation.shared),
    id: conversation.id,
    title: conversation.title,
    memories: conversation.memories,
    last_at: timeText(conversation.lastAtMs),
    last_text: conversation.lastText,
    last_speaker: conversation.lastSpeaker,
    source: conversation.source,
  };
}

const facetJson = (facets: readonly FacetCount[]): Json[] =>
  facets.map((facet) => ({ value: facet.value, label: facet.label, count: facet.count }));

/** What a search found. */
export function searchJson(outcome: SearchOutcome): Json {
  const { facets, owners } = outcome;
  return {
    hits: outcome.hits.map((hit) => ({
      memory: { ...sharedJson(hit.shared), ...foundMemoryJson(hit.memory, hit.position) },
      score: hit.score,
      highlights: hit.highlights,
      why: hit.why,
    })),
    total: outcome.total,
    facets:
      facets === null
        ? null
        : {
            person: facetJson(facets.person),
            source: facetJson(facets.source),
            level: facetJson(facets.level),
            month: facetJson(facets.month),
            conversation: facetJson(facets.conversation),
            ...(owners === undefined ? {} : { owner: facetJson(owners) }),
          },
    ...(outcome.problems === undefined ? {} : { problems: outcome.problems }),
    ...(outcome.meaning === undefined ? {} : { meaning: outcome.meaning }),
    took_ms: outcome.tookMs,
  };
}

/** An answer with its citations. */
export function answerJson(answer: AnswerOutcome): Json {
  return {
    kind: answer.kind,
    text: answer.text,
    sentences: answer.sentences,
    citations: answer.citations.map((citation) => ({
      number: citation.number,
      memory: memoryJson(citation.placed),
      quote: citation.quote,
      range: citation.range,
      ...(citation.best === undefined ? {} : { best: citation.best }),
      ...(citation.times === undefined ? {} : { times: citation.times.map(quotedTimeJson) }),
      why: citation.why,
    })),
    ...(answer.hasConflict === undefined ? {} : { conflict: answer.hasConflict }),
    ...(answer.writtenBy === undefined ? {} : { written_by: answer.writtenBy }),
    ...(answer.notWritten === undefined ? {} : { not_written: answer.notWritten }),
    ...(answer.understoodAs === undefined ? {} : { understood_as: answer.understoodAs }),
    ...(answer.proposed === undefined ? {} : { follow_ups: answer.proposed }),
    confidence: answer.confidence,
    took_ms: answer.tookMs,
  };
}

function quotedTimeJson({ text, range, label, fromMs, toMs, precision }: QuotedTime): Json {
  return { text, range, label, from: timeText(fromMs), to: timeText(toMs), precision };
}

/** An import and how far it is. */
export function importJson(view: ImportView): Json {
  return {
    id: view.id,
    file: view.file,
    format: view.format,
    state: view.state,
    started_at: timeOrNull(view.startedAtMs),
    finished_at: timeOrNull(view.finishedAtMs),
    bytes_total: view.bytesTotal,
    bytes_done: view.bytesDone,
    total: view.total,
    added: view.added,
    known: view.known,
    failed: view.failed,
    problems: view.problems,
    preview: view.preview,
    error: view.error,
  };
}

/** A step of the start. */
export function stepJson(step: StartStep): Json {
  return {
    name: step.name,
    state: step.state,
    progress: step.progress,
    detail: step.detail,
    took_ms: step.tookMs,
  };
}

/** How the house is. */
export function statusJson(status: HouseStatus): Json {
  return {
    version: status.version,
    uptime_s: status.uptimeMs / 1_000,
    data_directory: status.dataDirectory,
    log: { health: status.logHealth, damaged: status.logDamaged, topics: status.topics },
    views: status.views.map((view) => ({
      name: view.name,
      state: view.state,
      lag_records: view.lagRecords,
      lag_ms: view.lagMs,
      watermarks: view.watermarks,
      error: view.error,
    })),
    engines: status.engines,
    sources: status.sources.map(({ deadLetters, group, known, name, problem, remembered, skipped, state, topics }) => ({
      name,
      topics,
      group,
      state,
      remembered,
      known,
      dead_letters: deadLetters,
      skipped,
      problem,
    })),
    embedding: embeddingJson(status.embedding),
    purge: purgeJson(status.purge),
    memory_rss_bytes: status.rssBytes,
  };
}

/** Who is sent texts for their meaning. */
export function embeddingJson(embedding: EmbeddingStatus | null): Json | null {
  if (embedding === null) return null;
  const { host, levelMax, model, problem, state, texts, tokensPerDay, tokensToday, waiting } = embedding;
  const tokens = { tokens_today: tokensToday, tokens_per_day: tokensPerDay };
  return { host, model, level_max: levelName(levelMax), state, problem, waiting, texts, ...tokens };
}

function purgeJson(purge: PurgeStatus | null): Json | null {
  if (purge === null) return null;
  const { bytesFreed, contents, lastAtMs, pieces } = purge;
  return { last_at: timeOrNull(lastAtMs), contents, pieces, bytes_freed: bytesFreed };
}

/** What a verification counted. */
export function verificationJson(outcome: VerificationOutcome): Json {
  return {
    agree: outcome.agree,
    log: {
      records: outcome.log.records,
      memories_live: outcome.log.memoriesLive,
      memories_forgotten: outcome.log.memoriesForgotten,
      memories_erased: outcome.log.memoriesErased,
      users: outcome.log.users,
      unreadable: outcome.log.unreadable,
      unopenable: outcome.log.unopenable,
      files: outcome.log.files,
      damaged: outcome.log.damaged,
      whole: outcome.log.whole,
      lost: outcome.log.lost,
    },
    views: outcome.views.map((view) => ({
      name: view.name,
      agree: view.agree,
      memories_live: view.census?.memoriesLive ?? null,
      memories_forgotten: view.census?.memoriesForgotten ?? null,
      memories_erased: view.census?.memoriesErased ?? null,
      users: view.census?.users ?? null,
      missing: view.missing,
      extra: view.extra,
      notes: view.notes,
    })),
    took_ms: outcome.tookMs,
  };
}
