// Read before any schema is made: zod compiles schemas by `new Function` where it may. The page's policy forbids that, and trying alone is a
// violation that the browser reports. Seen to be needed, and to work, by bench/xss.
globalThis.__zod_globalConfig = { jitless: true };
