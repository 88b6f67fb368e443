/** The simulations, for benches and continuous integration: `@kaelix/streamer/simulation`. */
export { runSimulation, type SimulationOptions, type SimulationOutcome } from "./storage/simulation.ts";
export {
  runTransactionCrashes,
  type TransactionCrashOptions,
  type TransactionCrashOutcome,
} from "./transactions/transaction-crashes.ts";
