/** Which API answers which key, in which versions. */
import { assert } from "@kaelix/base";
import { APIS, type WireReader, type WireWriter } from "@kaelix/protocol";

import type { RequestContext, ServedApi } from "./api.ts";

/** An API whose messages nobody looks into: what every `ServedApi` is, whatever its messages. */
export interface AnyServedApi {
  readonly key: number;
  readonly decodeRequest: (reader: WireReader, version: number) => unknown;
  readonly encodeResponse: (writer: WireWriter, version: number, response: never) => void;
  readonly handle: (request: never, context: RequestContext) => unknown;
  readonly overlaps?: (request: never, context: RequestContext) => boolean;
  readonly failed: (request: never, errorCode: number, message: string) => unknown;
}

/** An API with its versions. */
export interface TableEntry {
  readonly key: number;
  readonly name: string;
  readonly api: ServedApi<unknown, object>;
  readonly versionMin: number;
  readonly versionMax: number;
  /** What ApiVersions says; may begin lower than what is served. */
  readonly advertisedMin: number;
  readonly flexibleSince: number;
  /** The header of responses has tagged fields from `flexibleSince` on. */
  readonly flexibleHeader: boolean;
}

/** The APIs of a broker by key. */
export class ApiTable {
  readonly #entries: (TableEntry | undefined)[] = [];

  constructor(apis: Iterable<AnyServedApi>) {
    const known = new Map<number, (typeof APIS)[keyof typeof APIS]>(Object.values(APIS).map((row) => [row.key, row]));
    for (const api of apis) {
      const row = known.get(api.key);
      assert(row !== undefined, "A served API has a row in the protocol's table");
      this.#entries[api.key] = {
        key: row.key,
        name: row.name,
        // Its messages are hidden; the connection only ever passes what this API's own codec decoded.
        api: api as unknown as ServedApi<unknown, object>,
        versionMin: row.decodableMin,
        versionMax: row.versionMax,
        advertisedMin: row.versionMin,
        flexibleSince: row.flexibleSince,
        // A client must read this response before it knows what the broker speaks (KIP-511).
        flexibleHeader: row.key !== APIS.ApiVersions.key,
      };
    }
  }

  get(key: number): TableEntry | undefined {
    return this.#entries[key];
  }

  /** All APIs in the order of their keys. */
  entries(): TableEntry[] {
    return this.#entries.filter((entry) => entry !== undefined);
  }
}
