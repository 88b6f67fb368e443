/** What every connection of a broker shares. */
import type { Clock } from "@kaelix/base";

import type { ApiTable } from "./api-table.ts";
import type { ByteBudget } from "./byte-budget.ts";
import type { BrokerMetrics } from "./metrics.ts";
import type { Quotas } from "./quotas.ts";

/** Bounds of connections. */
export interface ConnectionLimits {
  readonly frameBytesMax: number;
  /** Bytes of a request above which the rest is read only when there is room in the common budget. */
  readonly freeFrameBytes: number;
  /** Requests of one connection that are not answered yet. */
  readonly requestsMax: number;
  /** Bytes of answers above which a connection's next request waits until the client has taken them. */
  readonly writeBytesMax: number;
  /** Bytes read ahead while the next request must wait. */
  readonly aheadBytesMax: number;
  /** How long a connection may hold memory others wait for without getting on, ms. */
  readonly stallMs: number;
  /** How long a connection may say nothing, ms; 0 for ever. Asked often: it may change while the broker runs. */
  readonly idleMs: () => number;
}

/** What every connection of a broker shares. */
export interface BrokerCore {
  readonly table: ApiTable;
  readonly limits: ConnectionLimits;
  readonly budget: ByteBudget;
  readonly metrics: BrokerMetrics;
  readonly quotas: Quotas;
  readonly clock: Clock;
  /** Tells of an error nobody expected. */
  readonly report: (error: unknown) => void;
}
