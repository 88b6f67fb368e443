import fc from "fast-check";
import { expect, test } from "vitest";

import { fileNameOf } from "./file.ts";

test("fileNameOf keeps the last part of a path and nothing that hides what it is", () => {
  expect(fileNameOf("../../etc/passwd")).toBe("passwd");
  expect(fileNameOf("C:\\Users\\ann\\photo.jpg")).toBe("photo.jpg");
  expect(fileNameOf("invoice\u202egpj.exe")).toBe("invoicegpj.exe");
  expect(fileNameOf("\u200eIMG-20241201-WA0001.jpg\0")).toBe("IMG-20241201-WA0001.jpg");
  for (const none of ["", "..", ".", "a/", " \n", "\u200e"]) expect(fileNameOf(none)).toBe("file");
  expect(fileNameOf(`${"x".repeat(300)}.jpeg`)).toMatch(/^x{250}\.jpeg$/);
});

/** Any text, halves of pairs among it, with what is taken off standing in it often. */
const TEXTS = fc
  .array(
    fc.oneof(
      fc.nat(0xff_ff).map((unit) => String.fromCharCode(unit)),
      fc.constantFrom("\0", " ", ".", "/", "\\", "\u200e", "\u202e", "\ud83d", "\ude00"),
    ),
    { maxLength: 400 },
  )
  .map((parts) => parts.join(""));

test("fileNameOf leaves its own names as they are", () => {
  fc.assert(
    fc.property(TEXTS, (given) => {
      const name = fileNameOf(given);
      expect(fileNameOf(name)).toBe(name);
      expect(name.length).toBeLessThanOrEqual(255);
      expect(name).not.toMatch(/[/\\\0\u202e]/);
    }),
  );
});
