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

test("fileNameOf leaves its own names as they are", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 400 }), (given) => {
      const name = fileNameOf(given);
      expect(fileNameOf(name)).toBe(name);
      expect(name.length).toBeLessThanOrEqual(255);
      expect(name).not.toMatch(/[/\\\0]/);
    }),
  );
});
