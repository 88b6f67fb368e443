/**
 * Real servers for the tests that need them: `npm run services -- <name> [start|stop|status]`.
 * `start` (the default) finds or installs the server, starts it unless it runs, and prints what to put in the environment.
 */
import { SERVICES, serviceOf, startService } from "./services/table.ts";

const [name = "", action = "start"] = process.argv.slice(2);
const service = serviceOf(name);

function print(environment: Readonly<Record<string, string>>): void {
  for (const [key, value] of Object.entries(environment)) console.log(`${key}=${value}`);
}

if (service === undefined) {
  console.error(`Usage: npm run services -- <${SERVICES.map((row) => row.name).join("|")}> [start|stop|status]`);
  process.exitCode = 1;
} else if (action === "start") print(await startService(name));
else if (action === "stop") {
  await service.stop();
  console.log(`${name} is stopped`);
} else if (action === "status") {
  const status = await service.status();
  if (status === undefined) {
    console.log(`${name} does not run`);
    process.exitCode = 1;
  } else print(status);
} else {
  console.error(`Cannot ${action}: must be start, stop or status`);
  process.exitCode = 1;
}
