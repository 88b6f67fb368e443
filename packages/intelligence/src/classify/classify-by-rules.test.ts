import fc from "fast-check";
import { expect, test } from "vitest";
import { classifyByRules } from "./classify-by-rules.ts";

test.each([
  ["number-iban", "pay to DE89 3704 0044 0532 0130 00 please"],
  ["number-card", "my card 4111 1111 1111 1111"],
  ["number-ahv", "AHV 756.9217.0769.85"],
  ["number-cpf", "CPF 529.982.247-25"],
  ["number-dni", "mi DNI 12345678Z"],
  ["number-codice-fiscale", "codice fiscale RSSMRA85T10A562S"],
  ["number-ssn", "her social security number is 536-22-8145"],
  ["number-id-named", "passport number 533912847 for the booking"],
  ["key-block", "-----BEGIN EC PRIVATE KEY-----\nMHcCAQ"],
  ["key-github", "use ghp_9aZ3kLmQ7xVb2TnW8RtY5uPcE4gHjK6sDfA1"],
  ["key-wifi-code", "WIFI:T:WPA;S:Attic;P:owlfeather;;"],
  ["key-url-password", "redis://cache:hunter22@10.0.0.4:6379"],
  ["secret-password", "the password is Marmalade42"],
  ["secret-password", "passwort: Igel_1999"],
  ["secret-password", "la contraseña es patito33"],
  ["secret-password", "mot de passe : grenouille-12"],
  ["secret-password", "a senha é cafezinho8"],
  ["secret-password", "şifre Simit_2020"],
  ["secret-password", "password hai chaiwala77"],
  ["secret-pin", "pin is 5120"],
  ["secret-lock-code", "the alarm code is 4417"],
  ["secret-recovery", "backup codes: 8812-3301, 5510-0092"],
  ["contact-phone", "ring me on +44 7700 900555"],
  ["contact-email", "write to ana.silva@mailbox.example"],
  ["contact-address", "we live at 12 Bramble Lane"],
  ["safety-key-place", "the spare key is under the flowerpot"],
  ["safety-lock-broken", "the alarm is broken since may"],
  ["money-salary-told", "my salary is 52,000 now"],
])("classifyByRules fires %s", (rule, text) => {
  expect(classifyByRules(text).reasons.map((reason) => reason.rule)).toContain(rule);
});

test.each([
  ["a parcel number", "tracking 1Z999AA10198765432 is stuck"],
  ["an order number", "order 4111111111111111 shipped"],
  ["an ISBN", "ISBN 978-0-306-40615-7"],
  ["a broken checksum", "DE89 3704 0044 0532 0130 01 is printed in the novel"],
  ["talk about passwords", "passwords should be long, says everyone"],
  ["a promo code", "promo code SAVE20 works"],
  ["an idiom of keys", "patience is the key to a good risotto"],
  ["a thriller", "in the film the informant hides in a church"],
  ["a business's number", "the museum helpline is 0800 496 0999"],
  ["a recipe", "200 g flour, 3 eggs, 180 degrees"],
  ["nothing", ""],
])("classifyByRules leaves %s general", (_name, text) => {
  expect(classifyByRules(text).level).toBe(1);
});

test.each([
  "IMG-20230405-WA0003.jpg",
  "PTT-20230101-WA0012.opus",
  "VID-20250101-WA0001.mp4",
  "DOC-20230101-WA0001.pdf",
  "00000004-PHOTO-2024-12-01-10-06-00.jpg",
  "DSC_0123.JPG",
  "IMG_20230405_123456.jpg",
  "IMG_1234.HEIC\nIMG_1235.HEIC",
  "PXL_20230101_123456789.mp4",
  "Screenshot_20230101-123456.png",
  "WhatsApp Image 2023-01-01 at 12.34.56 PM (2).jpeg",
  "signal-2023-01-01-123456.jpg",
  "photo_2023-01-01_12-34-56.jpg",
  "20230101_123456.jpg",
  "2023-01-01 12.34.56.jpg",
])("classifyByRules leaves the name that a device gave a file general: %s", (text) => {
  const { confidence, level, reasons } = classifyByRules(text);
  expect(level).toBe(1);
  expect(confidence).toBeGreaterThan(0.9);
  expect(reasons.map(({ rule }) => rule)).toEqual(["device-file-name"]);
});

test("classifyByRules judges what stands beside a file's name, and names that people gave", () => {
  const words = "the password is Marmalade42";
  expect(classifyByRules(`IMG-20230405-WA0003.jpg\n${words}`)).toEqual(classifyByRules(words));
  expect(classifyByRules("4111 1111 1111 1111.jpg").level).toBe(3);
  expect(classifyByRules("pin 5120.jpg").level).toBe(4);
});

test.each([
  ["zero-width signs", "pass\u200bword: Marmalade42"],
  ["full-width letters", "ｐａｓｓｗｏｒｄ: Marmalade42"],
  ["look-alike letters", "pаsswоrd: Marmalade42"],
  ["leetspeak", "p4ssw0rd: Marmalade42"],
])("classifyByRules sees through %s", (_name, text) => {
  expect(classifyByRules(text).level).toBe(4);
});

test("classifyByRules takes the postcode of an address for no code of the cellar or the gate before it", () => {
  for (const text of ["Keller Lindenstraße 12, 10969 Berlin, Hinterhaus", "garage: Rue Basse 4, 59000 Lille"])
    expect([text, classifyByRules(text).level]).toEqual([text, 2]);
  expect(classifyByRules("Keller 10969").level).toBe(4);
});

test.each([
  "The meter stands at 4031",
  "Our boiler is a Worcester 8000 and it hums",
  "There were 6240 runners and only 3 toilets",
  "Sheet 4471 of the map shows the old mill",
  "The safe bet is bus 3306, it stops at the door",
  "Im Stadion waren 27450 Leute, irre",
  "Auftrag 55219 ist fertig, kann man abholen",
  "Strecke gesperrt bei Kilometer 1178",
  "Der Turm ist 1378 gebaut worden",
  "El medidor de agua marca 2291",
  "La pelea duró 1245 segundos, qué locura",
  "Le compteur de la voiture affiche 149200",
  "La porte du garage pèse 1200 kilos",
  "Tenho 1830 figurinhas repetidas",
  "A conta de luz veio com leitura 8841",
  "O elevador aguenta 1050 quilos",
  "Il contatore del gas segna 5527",
  "Abbiamo impastato 3400 ravioli",
  "La macchina ha fatto 187300 chilometri",
  "Su sayacı 2716 gösteriyor",
  "Depoda 5120 kutu kaldı",
  "Mandir me 1108 seedhiyan hain",
  "Token 2047 ka number kab aayega",
  "kitchen river piano harbour walnut shed garden concert window 1029",
])("classifyByRules takes a plain number for no secret: %s", (text) => {
  expect(classifyByRules(text).level).toBeLessThanOrEqual(2);
});

const counting = fc.constantFrom(
  ..."message,telegram,line,page,room,bus,Nachricht,Telegramm,Zeile,mensaje,página,message,ligne,mensagem,riga,mesaj,satır,panna".split(
    ",",
  ),
);

test("classifyByRules takes a number for no code behind a word that counts, and for one behind a word of codes", () => {
  fc.assert(
    fc.property(counting, fc.integer({ min: 1, max: 99_999 }), (word, number) => {
      expect(classifyByRules(`${word} ${String(number)}`).level).toBe(1);
      expect(classifyByRules(`${word} ${String(number)}, the code is 4031`).level).toBe(4);
    }),
  );
  for (const text of ["4031", "it's 4031 now", "door 4031#", "staff room 4417", "bus stop 12, gate code 4031"])
    expect([text, classifyByRules(text).level]).toEqual([text, 4]);
});

test("classifyByRules does not let a word behind a comma count the number before it", () => {
  for (const text of ["pin 0047, bin the old ones", "PIN 4471. Bin the old letter", "card pin 4471, bin the rest"])
    expect([text, classifyByRules(text).level]).toEqual([text, 4]);
});

test("classifyByRules takes as many words as a wallet's phrase has for one, with a number behind them too", () => {
  const phrase = "abandon ability baker cable dance eagle fabric gadget habit icon jacket kangaroo";
  expect(classifyByRules(phrase).level).toBe(4);
  expect(classifyByRules(`${phrase} 2024`).level).toBe(4);
  expect(classifyByRules("harbour dinner walnut bicycle shed letter garden 2024").level).toBe(1);
});

test("classifyByRules takes no letter out of a word for the end of a number", () => {
  expect(classifyByRules("PAN ABCPE1234L").reasons.map(({ rule }) => rule)).toContain("number-pan");
  expect(classifyByRules("keeps 1204 logs").reasons.map(({ rule }) => rule)).not.toContain("number-pan");
});

test("classifyByRules takes the name of a service with a capital inside for no password, and a password beside it for one", () => {
  expect(classifyByRules("Grandma is on WhatsApp now").reasons.map(({ rule }) => rule)).toEqual(["nothing-found"]);
  expect(classifyByRules("the WhatsApp password is MangoTiger77").level).toBe(4);
});

test("classifyByRules takes the highest level present", () => {
  expect(classifyByRules("call me on +44 7700 900555, the pin is 5120").level).toBe(4);
});

test("classifyByRules reasons never hold digits or words of the secret", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^\d{4,8}$/), fc.stringMatching(/^[a-z]{6}\d{3}$/), (pin, word) => {
      const { reasons } = classifyByRules(`pin is ${pin}, the password is ${word}, salary is ${pin} a month`);
      for (const reason of reasons) {
        expect(reason.text).not.toMatch(/\d/);
        expect(reason.text).not.toContain(word);
      }
    }),
  );
});

test("classifyByRules gives the same answer for the same text, whatever came before", () => {
  const text = "my maths mock: 38 percent. mum hasnt seen it yet";
  const first = classifyByRules(text);
  for (let round = 0; round < 5; round += 1) classifyByRules(`other ${String(round)} my pin is 5120`);
  expect(classifyByRules(text)).toEqual(first);
});

test("classifyByRules answers any text with a level, a confidence and a reason", () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat({ max: 0xffff }), { maxLength: 120 }).map((units) => String.fromCharCode(...units)),
      (text) => {
        const { level, confidence, reasons } = classifyByRules(text);
        expect([1, 2, 3, 4]).toContain(level);
        expect(confidence).toBeGreaterThan(0);
        expect(confidence).toBeLessThanOrEqual(1);
        expect(reasons.length).toBeGreaterThan(0);
      },
    ),
  );
});
