import { expect, test } from "vitest";
import fc from "fast-check";
import { prepareCsv } from "./csv.ts";
import { CsvAssembler, splitCsvLine } from "./csv-rows.ts";
import { formatRecordTime } from "./local-time.ts";
import { collect, prepareOptions, textSource } from "./testing/text-fixture.ts";
import type { ImportAnswers } from "./types.ts";

async function read(content: string, answers: ImportAnswers = {}, name = "x.csv") {
  const prepared = await prepareCsv(textSource(name, content), prepareOptions(name, answers));
  const { records, problems, skipped } = await collect(prepared);
  const told = records.map(
    ({ time, from, draft }) => `${time === undefined ? "-" : formatRecordTime(time)}|${from ?? "-"}|${draft.text}`,
  );
  return { prepared, records, problems, skipped, told };
}

test("prepareCsv reads what Excel writes in Germany", async () => {
  const { told, prepared } = await read(
    '\ufeffDatum;Person;Text\r\n12.01.2025;Bob;"zwei\r\nZeilen ""so""; und mehr"\r\n13.01.2025 09:30;Ann;1,5 kg Mehl\r\n',
  );
  expect(told).toEqual(['2025-01-12|Bob|zwei\nZeilen "so"; und mehr', "2025-01-13T09:30|Ann|1,5 kg Mehl"]);
  expect(prepared?.dateQuestion).toBeUndefined();
});

test("prepareCsv finds separators, heads in other languages, and columns without a head", async () => {
  expect((await read("fecha\tautor\tmensaje\n2025-01-12\tBob\thola\n")).told).toEqual(["2025-01-12|Bob|hola"]);
  expect((await read("sep=;\ndate;text\n2025-01-12;a,b,c\n")).told).toEqual(["2025-01-12|-|a,b,c"]);
  expect((await read("日付,内容\n2025/01/12,こんにちは\n2025/01/13,x\n")).told).toEqual([
    "2025-01-12|-|こんにちは",
    "2025-01-13|-|x",
  ]);
  expect((await read("text\nonly one column\n")).told).toEqual(["-|-|only one column"]);
  const plain =
    "2025-01-12,Bob,hello there\n2025-01-13,Ann,good morning\n2025-01-14,Bob,what a day\n2025-01-15,Ann,yes indeed\n";
  expect((await read(plain)).told[0]).toBe("2025-01-12|Bob|hello there");
});

test("prepareCsv keeps other columns as context and ids as they are", async () => {
  const { records } = await read("id,Title,Date,Content,Level\n7,Plan,2025-01-12,words,secret\n");
  expect(records[0]?.draft).toMatchObject({
    externalId: "csv:x#7",
    text: "words",
    context: { Title: "Plan" },
    level: 3,
  });
});

test("prepareCsv lists rows it cannot read and reads on", async () => {
  const { told, problems, skipped } = await read(
    'date,text\n2025-01-12,ok\n2025-01-13\n2025-01-14,a,b\n2025-02-30,no such day\n2025-01-15,\n,\n2025-01-16,"=HYPERLINK(""x"")"\n2025-01-17,5" pipe\n2025-01-18,"never closed\n2025-01-19,after\n',
  );
  expect(told).toEqual([
    "2025-01-12|-|ok",
    '2025-01-16|-|=HYPERLINK("x")',
    '2025-01-17|-|5" pipe',
    "2025-01-19|-|after",
  ]);
  expect(problems.map(({ line }) => line)).toEqual([3, 4, 5, 6, 10]);
  expect(problems[0]?.why).toBe("Cannot read the row: current number of columns is 1, must be 2");
  expect(skipped).toEqual(["empty"]);
});

test("prepareCsv asks for the order of ambiguous dates and takes the answer", async () => {
  const content = "date,text\n02/01/2024,a\n03/02/2024,b\n";
  expect((await read(content)).prepared?.dateQuestion?.options).toEqual(["day-first", "month-first"]);
  expect((await read(content, { dateOrder: "month-first" })).told[0]).toBe("2024-02-01|-|a");
  const named = await read(
    'date,text\n12 Jan 2025,a\n"March 3, 2025 4:05 PM",b\n3. März 2025,c\n5 févr. 2025 14:00,d\n',
  );
  expect(named.told).toEqual(["2025-01-12|-|a", "2025-03-03T16:05|-|b", "2025-03-03|-|c", "2025-02-05T14:00|-|d"]);
  expect((await read("date,text\n01/13/2024,a\n01/02/2024,b\n")).told[1]).toBe("2024-01-02|-|b");
});

test("CsvAssembler gives back the cells that were rendered", () => {
  const cell = fc.string({ unit: fc.constantFrom("a", "b", '"', ",", ";", "\n", " ", "ä", "🌿"), maxLength: 8 });
  const property = fc.property(
    fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 6 }),
    (rows) => {
      const text = rows.map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(",")).join("\n");
      const assembler = new CsvAssembler(",");
      const lines = text
        .split("\n")
        .map((line, at) => ({ number: at + 1, text: line, endsWithCrlf: false, trouble: "none" as const }));
      const items = [...assembler.push(lines), ...assembler.finish()];
      expect(items.map((item) => (item.type === "row" ? item.cells : item.why))).toEqual(rows);
    },
  );
  fc.assert(property, { numRuns: 200, seed: 7 });
});

test("prepareCsv does not let a quote that never closes swallow the rows below", async () => {
  const { told, problems } = await read('date,text\n2025-01-01,"open\n2025-01-02,"closed"\n2025-01-03,plain\n');
  expect(told).toEqual(["2025-01-02|-|closed", "2025-01-03|-|plain"]);
  expect(problems.map(({ line }) => line)).toEqual([2]);
});

test("splitCsvLine tells an open quote", () => {
  expect(splitCsvLine('a,"b', ",")).toBeUndefined();
  expect(splitCsvLine('a,"b, c",', ",")).toEqual(["a", "b, c", ""]);
});
