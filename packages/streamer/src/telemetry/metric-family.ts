/** Metrics on their way out: plain rows, and Prometheus' text of them (exposition format 0.0.4). */

/** One value of a metric. */
interface MetricSample {
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
  /** `_bucket`, `_sum` or `_count` of a histogram. */
  readonly suffix?: string;
}

/** A metric with all of its values. */
export interface MetricFamily {
  /** `kaelix_kafka_…`, the unit last. */
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly samples: readonly MetricSample[];
}

/** Prometheus' text of metrics. */
export function printMetrics(families: readonly MetricFamily[]): string {
  const lines: string[] = [];
  for (const { help, name, samples, type } of families) {
    if (samples.length === 0) continue;
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
    for (const { labels, suffix = "", value } of samples) {
      lines.push(`${name}${suffix}${printLabels(labels)} ${value === Infinity ? "+Inf" : value}`);
    }
  }
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}

function printLabels(labels: MetricSample["labels"]): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(String(value))}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escapeLabel(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
