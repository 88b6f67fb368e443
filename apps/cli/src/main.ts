#!/usr/bin/env node
/** The command line of Kaelix. Every command maps to calls of the contract; exit codes are in exit.ts. */
import { Command } from "commander";

import { logIn, logOut, signUp } from "./commands/account.ts";
import { bench } from "./commands/bench.ts";
import { classify } from "./commands/classify.ts";
import { config, doctor, openApi, rebuild, status, verify } from "./commands/house.ts";
import { listImports, previewFile, runImport, undoImport } from "./commands/import.ts";
import { add, ask, exportAll, search } from "./commands/memories.ts";
import { serve } from "./commands/serve.ts";
import { describeFailure, EXIT } from "./exit.ts";

const VERSION = "0.1.0";

/** Runs an action and ends the process with its code; a failure is one sentence on standard error. */
function ending<Parameters extends readonly unknown[]>(
  action: (...parameters: Parameters) => Promise<number> | number,
): (...parameters: Parameters) => Promise<void> {
  return async (...parameters) => {
    try {
      process.exitCode = await action(...parameters);
    } catch (failure) {
      const { exitCode, text } = describeFailure(failure);
      process.stderr.write(`kaelix: ${text}\n`);
      process.exitCode = exitCode;
    }
  };
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
    .option("--json [fields]", "print JSON, all fields or those named")
    .option("--quiet", "no words and no bars on standard error");
}

function recallOptions(of: Command): Command {
  return of
    .option("--person <name>", "said by this person")
    .option("--source <source>", "came from this source")
    .option("--since <time>", "not before this day or time")
    .option("--until <time>", "before this day or time")
    .option("--level <level>", "of this level alone")
    .option("--open <level>", "open up to this level first; asks for the password");
}

const program = new Command("kaelix")
  .description("A memory server for people and their agents")
  .version(VERSION, "-v, --version")
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : EXIT.usage))
  .showHelpAfterError("Try kaelix --help");

command(program, "serve", "start the server")
  .option("--host <address>", "address to listen on (KAELIX_HOST, else 127.0.0.1)")
  .option("--port <number>", "port to listen on (KAELIX_PORT, else 7171; the next free one when taken)")
  .action(ending(serve));
command(program, "signup", "sign up: the first person claims the server")
  .option("--phone <number>", "phone number, your sign-in name")
  .option("--name <name>", "your name")
  .option("--claim <code>", "claim code that the server printed")
  .option("--invite <code>", "invitation code")
  .action(ending(signUp));
command(program, "login", "sign in and keep the session")
  .option("--phone <number>", "phone number")
  .action(ending(logIn));
command(program, "logout", "end the kept session").action(ending(logOut));
command(program, "add [text...]", "tell something; - reads standard input")
  .option("--level <level>", "auto, general, confidential, secret, ultra-secret or 1 to 4")
  .option("--at <time>", "when it happened")
  .option("--with <name>", "who said it")
  .option("--external-id <id>", "stable id: telling it again adds nothing")
  .option("--wait <state>", "wait until stored, indexed or classified")
  .action(ending(add));
recallOptions(command(program, "search <query...>", "find memories"))
  .option("--limit <number>", "how many", "20")
  .action(ending(search));
recallOptions(command(program, "ask <question...>", "ask; answered by quotation with sources")).action(ending(ask));

const imports = program.command("import").description("bring in exports: WhatsApp, JSONL, CSV, Markdown");
const withAnswers = (of: Command): Command =>
  of
    .option("--me <name>", "which speaker is you")
    .option("--date-order <order>", "day-first, month-first or year-first")
    .option("--zone <zone>", "time zone of the export, such as Europe/Berlin");
withAnswers(command(imports, "preview <file>", "show what a file holds; keeps nothing"))
  .option("--sample <number>", "how many records to show, or all", "5")
  .action(ending(previewFile));
withAnswers(command(imports, "run <file>", "import a file; doing it again adds nothing"))
  .option("--level <level>", "level for everything; else it is decided for each")
  .action(ending(runImport));
command(imports, "list", "imports, newest first").action(ending(listImports));
command(imports, "undo <id>", "forget everything an import brought").action(ending(undoImport));

command(program, "export", "print every memory, a JSON object a line")
  .option("--open <level>", "open up to this level first; asks for the password")
  .action(ending(exportAll));
command(program, "verify", "count the log against every view").action(ending(verify));
command(program, "rebuild <view>", "make a view anew from the log: relational or search").action(
  ending((view: string, options) => {
    if (view !== "relational" && view !== "search") {
      process.stderr.write(`kaelix: Cannot rebuild ${view}: must be relational or search\n`);
      return EXIT.usage;
    }
    return rebuild(view, options);
  }),
);
command(program, "status", "log, views, lag and engines").action(ending(status));
command(program, "doctor", "look at machine and data directory, change nothing").action(ending(doctor));
command(program, "classify [file]", "judge JSONL {id?, text} line by line").action(ending(classify));
command(program, "config", "every setting, its value and meaning").action(ending(config));
program
  .command("openapi")
  .description("print the OpenAPI 3.1 document")
  .action(ending(() => openApi(VERSION)));
program
  .command("bench [parameters...]")
  .description("run a benchmark: log, crash, classify, import, recall, api")
  .allowUnknownOption()
  .helpOption(false)
  .action(ending((parameters: string[]) => bench(parameters)));

await program.parseAsync();
