import { appendFile } from "node:fs/promises";

import { chromium } from "./chromium.ts";
import { kafkaClients } from "./clients.ts";
import { embedder } from "./embedder.ts";
import { kafka, kafkaOfThree } from "./kafka.ts";
import { nats, natsAlways } from "./nats.ts";
import { oneAtATime } from "./one-at-a-time.ts";
import { openbao } from "./openbao.ts";
import { postgres } from "./postgres.ts";
import { redis, redisAlways } from "./redis.ts";
import { schemathesis } from "./schemathesis.ts";
import { installPackages, type Service, servicesDirectory } from "./service.ts";
import { versitygw } from "./versitygw.ts";

/** Names the file in which a run writes down what it started, so that it can be stopped; without it services stay. */
export const STARTED_FILE_VARIABLE = "KAELIX_SERVICES_STARTED";

/** Every real server that tests may ask for. A new one is a file beside this and a row here. */
export const SERVICES: readonly Service[] = [
  postgres,
  chromium,
  kafka,
  kafkaOfThree,
  kafkaClients,
  nats,
  natsAlways,
  redis,
  redisAlways,
  openbao,
  embedder,
  schemathesis,
  versitygw,
];

/** The service of a name; undefined when there is none. */
export function serviceOf(name: string): Service | undefined {
  return SERVICES.find((service) => service.name === name);
}

/**
 * Finds a service, installs it when it is missing and this may, and starts it unless it runs; one after the other.
 * @returns what to put in the environment
 */
export async function startService(name: string): Promise<Readonly<Record<string, string>>> {
  const service = serviceOf(name);
  if (service === undefined)
    throw new Error(`There is no service ${name}: ${SERVICES.map((row) => row.name).join(", ")}`);
  return oneAtATime(servicesDirectory("starting"), () => findAndStart(service));
}

async function findAndStart(service: Service): Promise<Readonly<Record<string, string>>> {
  const { name } = service;
  let program = await service.find();
  if (program === undefined) {
    await installPackages(service.packages);
    await service.install?.();
    program = await service.find();
  }
  if (program === undefined) throw new Error(`Cannot find ${name} after installing ${service.packages.join(", ")}`);
  const startedFile = process.env[STARTED_FILE_VARIABLE];
  if (startedFile !== undefined && (await service.status()) === undefined) await appendFile(startedFile, `${name}\n`);
  return service.start(program);
}
