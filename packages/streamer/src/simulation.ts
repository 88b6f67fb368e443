/** The simulations, for benches and continuous integration: `@kaelix/streamer/simulation`. */
export { runGroupCrashes, type GroupCrashOptions, type GroupCrashOutcome } from "./groups/group-crashes.ts";
export { runSimulation, type SimulationOptions, type SimulationOutcome } from "./storage/simulation.ts";
export {
  runTransactionCrashes,
  type TransactionCrashOptions,
  type TransactionCrashOutcome,
} from "./transactions/transaction-crashes.ts";
