import type { CallOutput, Routes } from "@kaelix/contract";

import { type CommonOptions, connected } from "../connection.ts";
import { EXIT } from "../exit.ts";
import { printJson, say } from "../output.ts";

type Writer = NonNullable<CallOutput<Routes["provider.read"]>["writer"]>;

/** `kaelix provider`: which AI providers are set up, what they are sent, what they cost today. */
export function showProvider(options: CommonOptions): Promise<number> {
  return connected(options, async ({ client }) => {
    const { data } = await client.call("provider.read");
    if (options.json !== undefined) {
      printJson(data, options.json);
      return EXIT.ok;
    }
    const { choice, meaning, writer } = data;
    if (writer === null) process.stdout.write("answers and levels: nothing is sent to any provider\n");
    else for (const line of writerLines(writer)) process.stdout.write(`${line}\n`);
    const means =
      meaning === null
        ? "nothing is sent to any provider"
        : `texts up to ${meaning.level_max} go to ${meaning.model} at ${meaning.host} · ${meaning.problem ?? meaning.state}`;
    process.stdout.write(`meaning: ${means}\n`);
    process.stdout.write(`of yours: ${choice.allowed ? "as above" : "nothing is sent to any provider"}\n`);
    return writer?.state === "paused" ? EXIT.found : EXIT.ok;
  });
}

/** `kaelix provider allow` and `refuse`: whether anything of one's own may be sent. */
export function chooseProvider(allowed: boolean, options: CommonOptions): Promise<number> {
  return connected(options, async ({ client }) => {
    const { data } = await client.call("provider.choose", { body: { allowed } });
    if (options.json !== undefined) printJson(data, options.json);
    else
      say(
        data.allowed
          ? "What is yours may be sent to the providers that are set up, as far as the server lets it"
          : "From now on nothing of yours is sent to any provider. What one was sent before it may have kept",
        options,
      );
  });
}

function writerLines(writer: Writer): readonly string[] {
  const { cost_per_day: costMax, cost_today: cost, host, judges_below: below, level_max: level, model } = writer;
  const judges =
    below === null
      ? "judges nothing"
      : `judges what the rules are less than ${Math.round(below * 100)} % sure of: ${writer.judged} judged, ${writer.raised} raised, ${writer.silent} without a verdict, ${writer.waiting} wait`;
  const money = cost === null || costMax === null ? "" : ` · cost ${cost.toFixed(4)} of ${costMax}`;
  const state = writer.problem === null ? writer.state : `${writer.state}, ${writer.problem}`;
  return [
    `answers and levels: texts up to ${level} go to ${model} at ${host} · ${state}`,
    `  ${writer.writes ? "writes answers" : "writes no answers"} · ${judges}`,
    `  today: ${writer.tokens_today} of ${writer.tokens_per_day} tokens${money}`,
  ];
}

/** `kaelix provider test`: asks it for one word. */
export function testProvider(options: CommonOptions): Promise<number> {
  return connected(options, async ({ client }) => {
    const { data } = await client.call("provider.test");
    if (options.json !== undefined) printJson(data, options.json);
    else {
      process.stdout.write(`${data.ok ? "ok" : (data.problem ?? "failed")} ${data.took_ms.toFixed(0)} ms\n`);
      say(`${data.model} at ${data.host}: ${data.text}`, options);
    }
    return data.ok ? EXIT.ok : EXIT.found;
  });
}
