/** Claims that a token of ours never says, each with the rest as it was. */
type Json = Readonly<Record<string, unknown>>;

/** Values that are wrong for a claim, whatever was said before. */
const VALUES: Readonly<Record<string, readonly unknown[]>> = {
  iss: ["", "kaelix.evil", "https://evil.example", null, 1, {}],
  aud: ["", "other", null, 1, {}, [], ["other"]],
  exp: [-1, 0, 1e300, Number.MAX_SAFE_INTEGER, null, true, [], {}],
  iat: [0, null, true, 1e300],
  nbf: ["x", null, 1e300],
  sub: ["", "usr_", "usr_01JD8QYB3M6W5T0ZK1E9V7RXS", "mem_01JD8QYB3M6W5T0ZK1E9V7RXSC", null, 1, {}, "*", "__proto__"],
  sid: ["", "ses_", "usr_01JD8QYB3M6W5T0ZK1E9V7RXSC", null, 1, {}, "*"],
  role: ["", "root", "Owner", "OWNER", "superuser", "__proto__", "toString", null, 1, ["owner"], { owner: true }],
  tenant: ["", "../default", "DEFAULT", "a".repeat(64), "-", "__proto__ ", null, 1, ["default"], {}],
  jti: [null, 1, [], {}],
};

/** All of them, with what each is. */
export function wrongClaims(claims: Json): readonly (readonly [string, Json])[] {
  const listed = Object.entries(VALUES).flatMap(([name, values]) =>
    values.map((value) => changed(claims, name, value)),
  );
  const without = Object.keys(claims).map((name): readonly [string, Json] => {
    const { [name]: _gone, ...rest } = claims;
    return [`without ${name}`, rest];
  });
  return [...listed, ...bent(claims), ...outOfTime(claims), ...without];
}

/** Texts that are nearly right. */
function bent(claims: Json): readonly (readonly [string, Json])[] {
  return ["iss", "aud", "sub", "sid"].flatMap((name) => {
    const said = String(claims[name]);
    const values = [`${said} `, said.toUpperCase() === said ? said.toLowerCase() : said.toUpperCase(), `${said}\u0000`];
    const lists = name === "aud" ? [] : [[said], { toString: said }];
    return [...values, ...lists].map((value) => changed(claims, name, value));
  });
}

function outOfTime(claims: Json): readonly (readonly [string, Json])[] {
  const iat = Number(claims["iat"]);
  const exp = Number(claims["exp"]);
  const ends = [exp + 0.5, String(exp), -exp, exp + 1, exp + 600, exp * 1_000, [exp], iat];
  const begins = [iat + 0.5, String(iat), -iat, iat + 3_600, iat - 1, [iat], exp];
  return [
    ...ends.map((value) => changed(claims, "exp", value)),
    ...begins.map((value) => changed(claims, "iat", value)),
    ...[exp, iat + 3_600].map((value) => changed(claims, "nbf", value)),
    ["tomorrow", { ...claims, iat: iat + 86_400, exp: exp + 86_400 }],
    ["yesterday", { ...claims, iat: iat - 86_400, exp: exp - 86_400 }],
    ["before 1970", { ...claims, iat: -600, exp: 0 }],
  ];
}

function changed(claims: Json, name: string, value: unknown): readonly [string, Json] {
  return [`${name} ${(JSON.stringify(value) ?? "undefined").slice(0, 40)}`, { ...claims, [name]: value }];
}
