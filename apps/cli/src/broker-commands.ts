/** The commands that need no house: the broker itself, and what talks to one. */
import { type Command, Option } from "commander";

import type * as groupCommands from "./commands/groups.ts";
import type * as planCommands from "./commands/plan.ts";
import type * as recordCommands from "./commands/records.ts";
import type * as streamerCommands from "./commands/streamer.ts";
import type * as topicCommands from "./commands/topics.ts";
import type { VerifyLogOptions } from "./commands/verify-log.ts";

/** Wraps an action so that it ends the process with its exit code. */
type Ending = <Parameters extends readonly unknown[]>(
  action: (...parameters: Parameters) => Promise<number> | number,
) => (...parameters: Parameters) => Promise<void>;

function command(parent: Command, usage: string, text: string): Command {
  return parent
    .command(usage)
    .description(text)
    .option("--json", "print JSON; --json=a,b prints these fields alone")
    .addOption(new Option("--json-fields <fields>").hideHelp())
    .option("--quiet", "no words and no bars on standard error");
}

function brokerCommand(parent: Command, usage: string, text: string): Command {
  return command(parent, usage, text).option(
    "--broker <address>",
    "host:port, or kafkas://user:password@host:port for TLS and SASL (KAELIX_BROKER, else 127.0.0.1:9092)",
  );
}

function collect(value: string, values: readonly string[] = []): readonly string[] {
  return [...values, value];
}

/** Adds the commands to the program. */
export function addBrokerCommands(program: Command, ending: Ending): void {
  command(program, "streamer", "start the Kafka-compatible broker alone, without the memory server")
    .option("--data <folder>", "data directory (default: streamer in KAELIX_DATA or ~/.kaelix)")
    .option("--temporary", "keep everything in a folder that is removed at the end, for tests")
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .option("--port <number>", "port to listen on; 0 takes any", "9092")
    .option("--advertise <address>", "host or host:port that clients are told")
    .option("--config <setting>", "broker setting name=value, as in server.properties; may be repeated", collect)
    .option("--sasl <mechanisms>", "PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, separated by commas")
    .option("--user <name:password>", "user to be there from the start; may be repeated", collect)
    .option("--acls", "let access control lists decide who may do what")
    .option("--super-user <name>", "may do everything; may be repeated", collect)
    .option("--tls-cert <file>", "certificate chain, PEM")
    .option("--tls-key <file>", "its key, PEM")
    .option("--tls-ca <file>", "clients must show a certificate of this authority, PEM")
    .option(
      "--interceptor <name=file>",
      "plug-in in a process of its own, name=file[,key=value…]; may be repeated",
      collect,
    )
    .option("--metrics-port <number>", "serve Prometheus metrics at /metrics on this port; 0 takes any")
    .action(
      ending(async (...given: Parameters<typeof streamerCommands.streamer>) =>
        (await import("./commands/streamer.ts")).streamer(...given),
      ),
    );
  addPlanCommand(program, ending);
  addTopicCommands(program, ending);
  addRecordCommands(program, ending);
  addGroupCommands(program, ending);
}

/** Adds `log` to `verify`. */
export function addVerifyLogCommand(verify: Command, ending: Ending): void {
  command(
    verify,
    "log [directory]",
    "read every byte of a log that nobody has open: checksums, order, indexes, hash chain",
  )
    .option("--data <folder>", "data directory (KAELIX_DATA, else ~/.kaelix)")
    .action(
      ending(async (directory: string | undefined, _: unknown, log: Command) => {
        // Options that `verify` has too are taken by it, wherever they stand.
        const { jsonFields, ...options } = log.optsWithGlobals<VerifyLogOptions & { readonly jsonFields?: string }>();
        const { verifyLog } = await import("./commands/verify-log.ts");
        return verifyLog(directory, jsonFields === undefined ? options : { ...options, json: jsonFields });
      }),
    );
}

function addPlanCommand(program: Command, ending: Ending): void {
  const plan = program.command("plan").description("how large a machine must be, from costs measured on this one");
  command(plan, "streamer", "plan one node of the broker for a load")
    .option("--messages <number>", "messages a second", "10000")
    .option("--bytes <number>", "bytes of a message", "1000")
    .option("--batch <number>", "messages a producer sends at once, on average", "50")
    .option("--durable <percent>", "batches that wait for the disk", "100")
    .option("--readers <number>", "how often each message is read", "1")
    .option("--connections <number>", "connections open at once", "100")
    .option("--streams <number>", "logical streams", "0")
    .option("--retention <time>", "how long messages are kept: 12h, 7d, 4w, 1y", "7d")
    .option("--data <folder>", "the disk to measure (default: the temporary folder's)")
    .action(
      ending(async (...given: Parameters<typeof planCommands.planForStreamer>) =>
        (await import("./commands/plan.ts")).planForStreamer(...given),
      ),
    );
}

function addTopicCommands(program: Command, ending: Ending): void {
  const topics = program
    .command("topics")
    .description("topics of a Kafka broker: list, describe, create, alter, delete, trim");
  brokerCommand(topics, "list", "topics with their partitions and records")
    .option("--internal", "also those of the broker itself")
    .action(
      ending(async (...given: Parameters<typeof topicCommands.listTopics>) =>
        (await import("./commands/topics.ts")).listTopics(...given),
      ),
    );
  brokerCommand(topics, "describe <topic>", "offsets of each partition, and settings")
    .option("--all", "also settings that are the defaults")
    .action(
      ending(async (...given: Parameters<typeof topicCommands.describeTopic>) =>
        (await import("./commands/topics.ts")).describeTopic(...given),
      ),
    );
  brokerCommand(topics, "create <topic>", "make a topic")
    .option("--partitions <number>", "how many partitions", "1")
    .option("--config <setting>", "name=value, such as retention.ms=86400000; may be repeated", collect)
    .action(
      ending(async (...given: Parameters<typeof topicCommands.createTopic>) =>
        (await import("./commands/topics.ts")).createTopic(...given),
      ),
    );
  brokerCommand(topics, "alter <topic>", "change settings, add partitions")
    .option("--partitions <number>", "how many partitions from now on")
    .option("--config <setting>", "name=value; may be repeated", collect)
    .option("--unset <name>", "back to the default; may be repeated", collect)
    .action(
      ending(async (...given: Parameters<typeof topicCommands.alterTopic>) =>
        (await import("./commands/topics.ts")).alterTopic(...given),
      ),
    );
  brokerCommand(topics, "delete <topic>", "delete a topic and its records for good")
    .option("--yes", "it is meant")
    .action(
      ending(async (...given: Parameters<typeof topicCommands.deleteTopic>) =>
        (await import("./commands/topics.ts")).deleteTopic(...given),
      ),
    );
  brokerCommand(topics, "trim <topic>", "delete a partition's records before an offset")
    .requiredOption("--partition <number>", "which partition")
    .requiredOption("--before <offset>", "the first offset to keep")
    .action(
      ending(async (...given: Parameters<typeof topicCommands.trimTopic>) =>
        (await import("./commands/topics.ts")).trimTopic(...given),
      ),
    );
}

function addRecordCommands(program: Command, ending: Ending): void {
  brokerCommand(program, "produce <topic>", "write records: one per line of standard input")
    .option("--file <path>", "read this file in place of standard input")
    .option("--whole", "the whole input is one record")
    .option("--key <text>", "key of every record")
    .option("--key-separator <text>", "what stands before this in a line is its key")
    .option("--null", "an empty value is a deletion: a record without a value")
    .option("--header <name=value>", "header of every record; may be repeated", collect)
    .option("--partition <number>", "write to this partition")
    .option("--compress <codec>", "none, gzip, snappy, lz4 or zstd", "none")
    .option("--acks <acks>", "0, 1 or all (on the disk)", "all")
    .action(
      ending(async (...given: Parameters<typeof recordCommands.produce>) =>
        (await import("./commands/records.ts")).produce(...given),
      ),
    );
  brokerCommand(program, "consume <topic>", "print records, up to the end there is now")
    .option("--from <where>", "beginning, end, an offset, -N for the last N, or a time", "beginning")
    .option("--to <where>", "end before an offset, -N, a time, or end (what there is now, also with --follow)")
    .option("--partition <number>", "this partition alone")
    .option("--count <number>", "end after so many records")
    .option("--follow", "go on waiting for more")
    .option("--group <group>", "read as a member of this group and commit what was printed")
    .option("--format <format>", "%t topic %p partition %o offset %T time %k key %v value %h headers, \\n \\t")
    .action(
      ending(async (...given: Parameters<typeof recordCommands.consume>) =>
        (await import("./commands/records.ts")).consume(...given),
      ),
    );
}

function addGroupCommands(program: Command, ending: Ending): void {
  const groups = program
    .command("groups")
    .description("consumer groups and share groups of a Kafka broker: list, describe, reset, delete");
  brokerCommand(groups, "list", "groups and their states").action(
    ending(async (...given: Parameters<typeof groupCommands.listGroups>) =>
      (await import("./commands/groups.ts")).listGroups(...given),
    ),
  );
  brokerCommand(groups, "describe <group>", "a group's members, where it stands, and how far behind").action(
    ending(async (...given: Parameters<typeof groupCommands.describeGroup>) =>
      (await import("./commands/groups.ts")).describeGroup(...given),
    ),
  );
  brokerCommand(groups, "reset <group> <topic>", "move a group that nobody is in")
    .requiredOption("--to <where>", "beginning, end, an offset, -N or a time")
    .action(
      ending(async (...given: Parameters<typeof groupCommands.resetGroup>) =>
        (await import("./commands/groups.ts")).resetGroup(...given),
      ),
    );
  brokerCommand(groups, "delete <group>", "forget a group and where it stands").action(
    ending(async (...given: Parameters<typeof groupCommands.deleteGroup>) =>
      (await import("./commands/groups.ts")).deleteGroup(...given),
    ),
  );
}
