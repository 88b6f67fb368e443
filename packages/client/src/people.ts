import type { Calls } from "@kaelix/contract/calls";

import type { CallSettings } from "./sending.ts";
import type { Person, PersonPage } from "./types.ts";

/** Which people. */
export interface PeopleOptions extends CallSettings {
  /** Words that begin a name, or what somebody is: "mum". */
  readonly query?: string;
  /** 1 to 500; 200 otherwise. */
  readonly limit?: number;
}

type CallsFor = (settings: CallSettings) => Calls<"people.list" | "people.read">;

/** Who there is in the memories. */
export class People {
  readonly #calls: CallsFor;

  /** @internal */
  constructor(calls: CallsFor) {
    this.#calls = calls;
  }

  /** Whom the memories speak of, the most spoken of first. */
  async list({ query, limit, ...settings }: PeopleOptions = {}): Promise<readonly Person[]> {
    const asked = { ...(query === undefined ? {} : { query }), ...(limit === undefined ? {} : { limit }) };
    return (await this.#calls(settings).call("people.list", { query: asked })).data.data;
  }

  /** What is remembered of somebody: dated facts with the words that say them, and whom they are named with. */
  async get(id: string, settings: CallSettings = {}): Promise<PersonPage> {
    return (await this.#calls(settings).call("people.read", { params: { id } })).data;
  }
}
