/** A fresh database on a real PostgreSQL: the one of `DATABASE_URL`, else the one that `npm run services -- postgres` starts. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import pg from "pg";

import type { Database } from "../database.ts";
import { openPostgres } from "../postgres.ts";

async function serverUrl(): Promise<string> {
  const given = process.env["DATABASE_URL"];
  if (given !== undefined) return given;
  const tool = fileURLToPath(new URL("../../../../../tools/services.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [tool, "postgres"]);
  const url = /^DATABASE_URL=(.+)$/m.exec(stdout)?.[1];
  if (url === undefined) throw new Error("PostgreSQL did not say where it is");
  return url;
}

/** Makes a database of its own, whose `close` drops it. `url` is for a second pool on it. */
export async function openFreshPostgres(): Promise<Database & { readonly url: string }> {
  const server = await serverUrl();
  const name = `views_test_${process.pid}_${Date.now()}`;
  await administer(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const database = await openPostgres({ url: url.href });
  return {
    ...database,
    url: url.href,
    async close() {
      await database.close();
      await administer(server, `drop database ${name} with (force)`);
    },
  };
}

async function administer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
