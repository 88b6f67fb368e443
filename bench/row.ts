/** One figure of a bench. A bench prints rows and nothing else, so that they can be compared from run to run. */
export interface BenchRow {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What was asked for, in the same unit. */
  readonly target?: number;
  readonly reached?: boolean;
  /** What the figure is set beside, measured in the same run. */
  readonly peer?: string;
  /** This figure divided by the peer's. */
  readonly ratio?: number;
}
