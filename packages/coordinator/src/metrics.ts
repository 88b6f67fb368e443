import { Counter, Gauge, Histogram, Registry, type Metric } from "@prometheus-io/client";

export type { Counter, Gauge, Histogram };

/** Upper bounds of latency histograms, seconds: from a page-cache append to a slow disk. */
const LATENCY_BUCKETS_S = [0.000_1, 0.000_5, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

/** The metrics of a process (L9, C8). Names are `kaelix_…`, units last, as Prometheus wants them. */
export class Metrics {
  readonly #registry = new Registry();

  /** Something that only grows. */
  counter<Label extends string>(name: string, help: string, labels: readonly Label[]): Counter<Label> {
    return this.#add(new Counter<Label>({ name, help, labelNames: [...labels], registers: [] }));
  }

  /** Something that goes up and down; `read` is asked at each scrape. */
  gauge<Label extends string>(
    name: string,
    help: string,
    labels: readonly Label[],
    read: (gauge: Gauge<Label>) => void | Promise<void>,
  ): Gauge<Label> {
    const gauge: Gauge<Label> = new Gauge<Label>({
      name,
      help,
      labelNames: [...labels],
      registers: [],
      collect: () => read(gauge),
    });
    return this.#add(gauge);
  }

  /** How long something took, in seconds. */
  latency<Label extends string>(name: string, help: string, labels: readonly Label[]): Histogram<Label> {
    return this.#add(
      new Histogram<Label>({ name, help, labelNames: [...labels], buckets: LATENCY_BUCKETS_S, registers: [] }),
    );
  }

  /** Prometheus text of all metrics. */
  print(): Promise<string> {
    return this.#registry.metrics();
  }

  #add<Label extends string, Kind extends Metric<Label>>(metric: Kind & Metric<Label>): Kind {
    this.#registry.registerMetric<Label>(metric);
    return metric;
  }
}
