/** The command line of Kaelix, which `kaelix.ts` starts. Every command maps to calls of the contract; exit codes are in exit.ts. */
import { Command, Option } from "commander";

import { addAccessCommands } from "./access-commands.ts";
import { addAuditCommands } from "./audit-commands.ts";
import { addBrokerCommands, addVerifyLogCommand } from "./broker-commands.ts";
import type * as accountCommands from "./commands/account.ts";
import type * as classifyCommands from "./commands/classify.ts";
import type * as houseCommands from "./commands/house.ts";
import type * as digestCommands from "./commands/digest.ts";
import type * as importCommands from "./commands/import.ts";
import type * as askCommands from "./commands/ask.ts";
import type * as memoriesCommands from "./commands/memories.ts";
import type * as serveCommands from "./commands/serve.ts";
import { addProviderCommands } from "./provider-commands.ts";
import { addOperationCommands } from "./operation-commands.ts";
import { addDayCommands } from "./day-commands.ts";
import { addErasureCommands } from "./erasure-commands.ts";
import { addMemberCommands } from "./member-commands.ts";
import { addSharingCommands } from "./sharing-commands.ts";
import { describeFailure, EXIT } from "./exit.ts";
import { addMcpCommand } from "./mcp-commands.ts";
import { addMemoryCommands } from "./memory-commands.ts";
import { addPeopleCommands } from "./people-commands.ts";
import { addRetentionCommands } from "./retention-commands.ts";
import { addReviewCommands } from "./review-commands.ts";
import { VERSION } from "./user-agent.ts";

/** Runs an action and ends the process with its code; a failure is one sentence on standard error. */
function ending<Parameters extends readonly unknown[]>(
  action: (...parameters: Parameters) => Promise<number> | number,
): (...parameters: Parameters) => Promise<void> {
  return async (...parameters) => {
    for (const options of parameters) if (isWithFields(options)) options.json = options.jsonFields;
    try {
      process.exitCode = await action(...parameters);
    } catch (failure) {
      const { exitCode, text } = describeFailure(failure);
      process.stderr.write(`kaelix: ${text}\n`);
      process.exitCode = exitCode;
    }
  };
}

function isWithFields(value: unknown): value is { jsonFields: string; json: unknown } {
  return typeof value === "object" && value !== null && "jsonFields" in value && typeof value.jsonFields === "string";
}

/** `--json` takes no word after it, `--json=a,b` names fields: an option that takes both would swallow the next argument. */
function separateFields(parameters: readonly string[]): string[] {
  return parameters.map((word) => word.replace(/^--json=/, "--json-fields="));
}

function command(parent: Command, usage: string, text: string): Command {
  return parent
    .command(usage)
    .description(text)
    .option("--data <folder>", "data directory (KAELIX_DATA, else ~/.kaelix)")
    .option(
      "--server <url>",
      "a server to talk to (KAELIX_SERVER); else the one on the data directory, else none is needed",
    )
    .option("--json", "print JSON; --json=a,b prints these fields alone")
    .addOption(new Option("--json-fields <fields>").hideHelp())
    .option("--quiet", "no words and no bars on standard error");
}

function recallOptions(of: Command): Command {
  return of
    .option("--person <name>", "said by this person")
    .option("--source <source>", "came from this source")
    .option("--since <time>", "not before this day or time")
    .option("--until <time>", "before this day or time")
    .option("--level <level>", "of this level alone")
    .option("--whose <person>", "all (as when not given), me, others, or the id of somebody who shares with you")
    .option("--for <purpose>", "what it is for: opens shares that are for this alone")
    .option("--open <level>", "open up to this level first; asks for the password");
}

/** The options of what looks for memories, now or as things stood. */
function lookingOptions(of: Command): Command {
  return recallOptions(of).option(
    "--as-of <day|time|position>",
    "as it stood: only what happened by the end of this day or before this time, or was told up to this position, as kaelix show tells it",
  );
}

/** Every command, with what it takes. */
export const program = new Command("kaelix")
  .description("A memory server for people and their agents")
  .version(VERSION, "-v, --version")
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : EXIT.usage))
  .showHelpAfterError("Try kaelix --help");

program.commandsGroup("Begin:").helpCommand("help [command]", "tell what a command takes");
command(program, "serve", "start the server")
  .option("--host <address>", "address to listen on (KAELIX_HOST, else 127.0.0.1)")
  .option("--port <number>", "port to listen on (KAELIX_PORT, else 7171; the next free one when taken)")
  .option("--tls", "serve HTTPS under a certificate authority of this installation's own (KAELIX_TLS)")
  .action(
    ending(async (...given: Parameters<typeof serveCommands.serve>) =>
      (await import("./commands/serve.ts")).serve(...given),
    ),
  );
command(program, "signup", "sign up: the first person claims the server")
  .option("--phone <number>", "phone number, your sign-in name")
  .option("--name <name>", "your name")
  .option("--claim <code>", "claim code that the server printed")
  .option("--invite <code>", "invitation code")
  .action(
    ending(async (...given: Parameters<typeof accountCommands.signUp>) =>
      (await import("./commands/account.ts")).signUp(...given),
    ),
  );
command(program, "login", "sign in and keep the session")
  .option("--phone <number>", "phone number")
  .option("--code <code>", "code of your authenticator app, or a recovery code (KAELIX_CODE, else asked for)")
  .addOption(new Option("--send <way>", "have a code sent, where that is turned on").choices(["email", "sms"]))
  .action(
    ending(async (...given: Parameters<typeof accountCommands.logIn>) =>
      (await import("./commands/account.ts")).logIn(...given),
    ),
  );
command(program, "logout", "end the kept session").action(
  ending(async (...given: Parameters<typeof accountCommands.logOut>) =>
    (await import("./commands/account.ts")).logOut(...given),
  ),
);

program.commandsGroup("Tell, find and ask:");
command(program, "add [text...]", "tell something; - reads standard input")
  .option("--level <level>", "auto, general, confidential, secret, ultra-secret or 1 to 4")
  .option("--at <time>", "when it happened")
  .option("--with <name>", "who said it")
  .option("--file <path...>", "files that are kept with it, such as photos")
  .option("--external-id <id>", "stable id: telling it again adds nothing")
  .option("--wait <state>", "wait until stored, indexed or classified")
  .action(
    ending(async (...given: Parameters<typeof memoriesCommands.add>) =>
      (await import("./commands/memories.ts")).add(...given),
    ),
  );
lookingOptions(command(program, "search <query...>", "find memories"))
  .option("--limit <number>", "how many", "20")
  .action(
    ending(async (...given: Parameters<typeof memoriesCommands.search>) =>
      (await import("./commands/memories.ts")).search(...given),
    ),
  );
lookingOptions(
  command(program, "ask [question...]", "ask; answered with sources, by quotation or in words of an AI provider"),
)
  .option("--quoted", "by quotation alone, whatever provider is set up")
  .addOption(
    new Option(
      "--after <question>",
      "asked before: what 'when was that?' leans on; may be given more than once",
    ).argParser((question: string, before: readonly string[] | undefined) => [...(before ?? []), question]),
  )
  .option("--follow", "go on: every line of standard input is a question that may lean on those before")
  .action(
    ending(async (...given: Parameters<typeof askCommands.ask>) => (await import("./commands/ask.ts")).ask(...given)),
  );

addMemoryCommands(program, command, ending);
command(program, "digest [day]", "what came in, what is open, what is ahead; today, or a day as in 2026-11-21")
  .option("--zone <zone>", "time zone of your days; else this machine's")
  .option("--import <id>", "the first look at what this import brought")
  .option("--lines", "lines alone: no AI provider is asked for sentences")
  .action(
    ending(async (...given: Parameters<typeof digestCommands.digest>) =>
      (await import("./commands/digest.ts")).digest(...given),
    ),
  );

const imports = program
  .command("import")
  .description("bring in exports: WhatsApp, ChatGPT, Claude, JSONL, CSV, Markdown");
const withAnswers = (of: Command): Command =>
  of
    .option("--me <name>", "which speaker is you")
    .option("--date-order <order>", "day-first, month-first or year-first")
    .option("--zone <zone>", "time zone of the export, such as Europe/Berlin");
withAnswers(command(imports, "preview <file>", "show what a file holds; keeps nothing"))
  .option("--sample <number>", "how many records to show, or all", "5")
  .action(
    ending(async (...given: Parameters<typeof importCommands.previewFile>) =>
      (await import("./commands/import.ts")).previewFile(...given),
    ),
  );
withAnswers(command(imports, "run <file>", "import a file; doing it again adds nothing"))
  .option("--level <level>", "level for everything; else it is decided for each")
  .option("--yes", "take what is likely instead of asking")
  .action(
    ending(async (...given: Parameters<typeof importCommands.runImport>) =>
      (await import("./commands/import.ts")).runImport(...given),
    ),
  );
command(imports, "list", "imports, newest first").action(
  ending(async (...given: Parameters<typeof importCommands.listImports>) =>
    (await import("./commands/import.ts")).listImports(...given),
  ),
);
command(imports, "cancel <id>", "stop an import, of which stays what has come, or discard an upload that waits").action(
  ending(async (...given: Parameters<typeof importCommands.cancelImport>) =>
    (await import("./commands/import.ts")).cancelImport(...given),
  ),
);
command(imports, "undo <id>", "forget everything an import brought").action(
  ending(async (...given: Parameters<typeof importCommands.undoImport>) =>
    (await import("./commands/import.ts")).undoImport(...given),
  ),
);

command(program, "export", "print every memory, a JSON object a line; as an archive with its files")
  .option("--format <format>", "jsonl and archive, which kaelix import brings back, or markdown, for reading", "jsonl")
  .option("--sealed", "as a file that a passphrase opens (age); asks for it, or KAELIX_EXPORT_PASSPHRASE")
  .option("--open <level>", "open up to this level first; asks for the password")
  .action(
    ending(async (...given: Parameters<typeof memoriesCommands.exportAll>) =>
      (await import("./commands/memories.ts")).exportAll(...given),
    ),
  );
addPeopleCommands(program, command, ending);
addReviewCommands(program, command, ending);
addDayCommands(program, { command, recallOptions: lookingOptions, ending });

program.commandsGroup("Share and forget:");
addSharingCommands(program, command, ending);
addErasureCommands(program, { command, recallOptions, ending });
addRetentionCommands(program, command, ending);

program.commandsGroup("Programs and devices of yours:");
addAccessCommands(program, command, ending);
addMcpCommand(program, command, ending);

program.commandsGroup("Everybody on this server:");
addMemberCommands(program, command, ending);
addAuditCommands(program, command, ending);

program.commandsGroup("Look after the server:");
const verify = command(program, "verify", "count the log against every view").action(
  ending(async (...given: Parameters<typeof houseCommands.verify>) =>
    (await import("./commands/house.ts")).verify(...given),
  ),
);
addVerifyLogCommand(verify, ending);
command(program, "rebuild <view>", "make a view anew from the log: relational, search or world")
  .option("--yes", "also from a log that has lost records: what only the view holds is lost then")
  .action(
    ending(async (view: string, options: houseCommands.RebuildOptions) => {
      if (view !== "relational" && view !== "search" && view !== "world") {
        process.stderr.write(`kaelix: Cannot rebuild ${view}: must be relational, search or world\n`);
        return EXIT.usage;
      }
      return (await import("./commands/house.ts")).rebuild(view, options);
    }),
  );
command(program, "status", "log, views, lag and engines").action(
  ending(async (...given: Parameters<typeof houseCommands.status>) =>
    (await import("./commands/house.ts")).status(...given),
  ),
);
command(program, "sources", "Kafka topics that memories come in from").action(
  ending(async (...given: Parameters<typeof houseCommands.sources>) =>
    (await import("./commands/house.ts")).sources(...given),
  ),
);
command(program, "doctor", "look at machine and data directory, change nothing").action(
  ending(async (...given: Parameters<typeof houseCommands.doctor>) =>
    (await import("./commands/house.ts")).doctor(...given),
  ),
);
command(program, "config", "every setting, its value and meaning").action(
  ending(async (...given: Parameters<typeof houseCommands.config>) =>
    (await import("./commands/house.ts")).config(...given),
  ),
);
addOperationCommands(program, command, ending);
addProviderCommands(program, command, ending);

program.commandsGroup("A Kafka broker:");
addBrokerCommands(program, ending);

program.commandsGroup("Build and measure:");
command(program, "classify [file]", "judge JSONL {id?, text} line by line")
  .option("--mine", "as you taught by moving memories, which needs a server; else by the rules alone")
  .option("--open <level>", "with --mine: open up to this level first; asks for the password")
  .action(
    ending(async (...given: Parameters<typeof classifyCommands.classify>) =>
      (await import("./commands/classify.ts")).classify(...given),
    ),
  );
program
  .command("openapi")
  .description("print the OpenAPI 3.1 document")
  .action(ending(async () => (await import("./commands/house.ts")).openApi(VERSION)));
program
  .command("bench [parameters...]")
  .description(
    "run a benchmark: recall, classify, connections, import, house, api, log, crash, streamer and more; without a name it lists them",
  )
  .allowUnknownOption()
  .helpOption(false)
  .action(ending(async (parameters: string[]) => (await import("./commands/bench.ts")).bench(parameters)));

/** Runs the command that the words after the program's name are. */
export async function run(words: readonly string[]): Promise<void> {
  // Whoever reads our output may have read enough: `kaelix export | head`.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(EXIT.ok);
    throw error;
  });
  await program.parseAsync(separateFields(words), { from: "user" });
}
