/**
 * Kaelix from a program: in a browser, in Node, in React Native. Needs `fetch` and nothing else.
 *
 * Guarantees: what the server refuses is a `KaelixProblem` with its code; what never answered is a `KaelixConnectionError`; only what
 * does no harm twice is sent twice.
 */
import { Events } from "./events.ts";
import { Files } from "./files.ts";
import { Imports } from "./imports.ts";
import { Memories } from "./memories.ts";
import { People } from "./people.ts";
import { callsOf } from "./routes.ts";
import { type CallSettings, sending } from "./sending.ts";
import type { Answer, AskOptions, Day, SearchOptions, SearchResult } from "./types.ts";

/** Where and as whom. */
export interface KaelixOptions {
  /** Origin of the server, such as `http://localhost:7171`. */
  readonly baseUrl: string;
  /** A key of `kaelix keys create`, or what gives one or an access token when it is asked. */
  readonly apiKey: string | (() => string);
  /** How long one try of a call may take, ms; 30 seconds otherwise. */
  readonly timeoutMs?: number;
  /** Tries after the first of what may be sent again; 3 otherwise. */
  readonly retriesMax?: number;
  readonly fetch?: typeof fetch;
}

const TIMEOUT_MS = 30_000;
const RETRIES_MAX = 3;

/**
 * A memory server.
 *
 * @example
 * const kaelix = new Kaelix({ baseUrl: "http://localhost:7171", apiKey: process.env.KAELIX_API_KEY ?? "" });
 * await kaelix.memories.add("Mum is allergic to walnuts");
 * const { text, citations } = await kaelix.ask("What is Mum allergic to?");
 */
export class Kaelix {
  readonly memories: Memories;
  readonly files: Files;
  readonly imports: Imports;
  readonly people: People;
  readonly events: Events;
  readonly #callsFor: (settings: CallSettings, isStream?: boolean) => ReturnType<typeof callsOf>;

  constructor(options: KaelixOptions) {
    const { apiKey, timeoutMs = TIMEOUT_MS, retriesMax = RETRIES_MAX } = options;
    const baseUrl = options.baseUrl.replace(/(?<!\/)\/+$/, "");
    const plain = options.fetch ?? globalThis.fetch.bind(globalThis);
    const key = typeof apiKey === "string" ? () => apiKey : apiKey;
    this.#callsFor = (settings, isStream = false) => {
      const fetch = sending({ fetch: plain, timeoutMs, retriesMax: isStream ? 0 : retriesMax, isStream }, settings);
      return callsOf({ baseUrl, apiKey: key, fetch });
    };
    this.memories = new Memories((settings) => this.#callsFor(settings));
    this.files = new Files((settings, isStream) => this.#callsFor(settings, isStream));
    this.imports = new Imports((settings) => this.#callsFor(settings));
    this.people = new People((settings) => this.#callsFor(settings));
    this.events = new Events((settings) => this.#callsFor(settings, true));
  }

  /**
   * Finds memories by words, people, places and times, best first.
   *
   * @example
   * const { hits } = await kaelix.search("walnuts", { limit: 5, filter: { person: "Carla" }, as_of: "2026-01-31" });
   */
  async search(query: string, options: SearchOptions & CallSettings = {}): Promise<SearchResult> {
    const { signal, timeoutMs, ...body } = options;
    return (await this.#callsFor({ signal, timeoutMs }).call("searches.run", { body: { ...body, query } })).data;
  }

  /**
   * Asks; answered by quotation with citations, or with nothing (`kind` is "nothing").
   *
   * @example
   * const { text, citations } = await kaelix.ask("Where does Jonas live?", { as_of: "2022-06-01" });
   */
  async ask(question: string, options: AskOptions & CallSettings = {}): Promise<Answer> {
    const { signal, timeoutMs, ...body } = options;
    return (await this.#callsFor({ signal, timeoutMs }).call("answers.ask", { body: { ...body, question } })).data;
  }

  /**
   * What a day brings: dates ahead, open promises, what came in, what was on this day. `day` is `YYYY-MM-DD`, today without it; `zone` the IANA
   * name of the zone that days are in, UTC without it.
   *
   * @example
   * const { sections } = await kaelix.day({ zone: "Europe/Berlin" });
   */
  async day(options: { readonly day?: string; readonly zone?: string } & CallSettings = {}): Promise<Day> {
    const { day = "today", zone, ...settings } = options;
    const input = { params: { day }, query: zone === undefined ? {} : { zone } };
    return (await this.#callsFor(settings).call("digests.read", input)).data;
  }
}
