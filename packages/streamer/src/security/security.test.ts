import { createHash, createHmac, pbkdf2Sync } from "node:crypto";

import { decodeText, encodeText, ManualClock, seededRandom } from "@kaelix/base";
import { describe, expect, test } from "vitest";

import type { AclOperation } from "../broker/api.ts";
import { openClusterStore } from "../broker/cluster-store.ts";
import { SimulatedDisk } from "../storage/simulated-disk.ts";
import { copyDisk } from "../storage/testing.ts";
import { openStorage } from "../storage/storage.ts";
import { matchesFilter, parseBinding } from "./acl-codes.ts";
import { AclAuthorizer, type AclBinding, AclStore } from "./acls.ts";
import { Credentials } from "./credentials.ts";
import { SaslConnection, type SaslMechanism } from "./sasl.ts";
import { credentialOfPassword, parseClientFirst, ScramExchange } from "./scram.ts";

const random = seededRandom(4);

async function openCredentials(disk = new SimulatedDisk()): Promise<Credentials> {
  const storage = await openStorage({ directory: "/data", disk, clock: new ManualClock() });
  return new Credentials(await openClusterStore(storage, new ManualClock()), random);
}

function connection(credentials: Credentials, mechanisms: readonly SaslMechanism[], sessionMs = 0): SaslConnection {
  return new SaslConnection({ mechanisms, credentials, verifyPlain: undefined, sessionMs, nowMs: () => 1000 });
}

async function authenticate(sasl: SaslConnection, mechanism: string, token: string): Promise<number> {
  await sasl.handle(17, { mechanism }, { version: 1 });
  const answer = await sasl.handle(36, { authBytes: encodeText(token) }, { version: 2 });
  return answer.errorCode;
}

describe("ScramExchange", () => {
  test("says what RFC 7677 says", async () => {
    const first = parseClientFirst(encodeText("n,,n=user,r=rOprNGfwEbeRWgbNEkqO"));
    if (first === undefined) throw new Error("The example of the RFC is a first message");
    const salt = Buffer.from("W22ZaJ0SNY7soEsUEjb6gQ==", "base64");
    const credential = await credentialOfPassword("SCRAM-SHA-256", "pencil", { salt, iterations: 4096 });
    const exchange = new ScramExchange("SCRAM-SHA-256", first, {
      credential,
      exists: true,
      nonce: "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0",
    });
    expect(decodeText(exchange.serverFirst)).toBe(
      "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
    );
    const last =
      "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
    expect(exchange.finish(encodeText(last.replace("p=d", "p=e")))).toBeUndefined();
    expect(exchange.finish(encodeText(last.replace("c=biws", "c=cD0s")))).toBeUndefined();
    expect(decodeText(exchange.finish(encodeText(last)) ?? new Uint8Array())).toBe(
      "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
    );
  });

  test("takes the nonce as librdkafka before 2.6.1 repeats it, and none that lacks a part", async () => {
    const [salt, iterations, nonce] = [Buffer.alloc(16, 1), 4096, "server"];
    const first = parseClientFirst(encodeText("n,,n=user,r=client"));
    if (first === undefined) throw new Error("The message is a first message");
    const credential = await credentialOfPassword("SCRAM-SHA-256", "pencil", { salt, iterations });
    const sign = (key: Uint8Array, text: string): Buffer => createHmac("sha256", key).update(text).digest();
    const clientKey = sign(pbkdf2Sync("pencil", salt, iterations, 32, "sha256"), "Client Key");
    const isTaken = (sent: string): boolean => {
      const exchange = new ScramExchange("SCRAM-SHA-256", first, { credential, exists: true, nonce });
      const withoutProof = `c=biws,r=${sent}`;
      const auth = `${first.bare},${decodeText(exchange.serverFirst)},${withoutProof}`;
      const signature = sign(createHash("sha256").update(clientKey).digest(), auth);
      const proof = Buffer.from(clientKey.map((byte, at) => byte ^ (signature[at] ?? 0))).toString("base64");
      return exchange.finish(encodeText(`${withoutProof},p=${proof}`)) !== undefined;
    };
    expect(["clientserver", "clientclientserver"].map(isTaken)).toEqual([true, true]);
    expect(["", "client", "server", "clientserve", "clientserverx", "otherserver"].map(isTaken)).not.toContain(true);
  });

  test("refuses first messages that ask for what is not offered or are none", () => {
    for (const message of [
      "",
      "n,,",
      "p=tls-unique,,n=u,r=x",
      "n,a=other,n=u,r=x",
      "n,,n=,r=x",
      "n,,n=a=b,r=x",
      "n,,n=u,r=x,tokenauth=true",
    ]) {
      expect(parseClientFirst(encodeText(message)), message).toBeUndefined();
    }
    expect(parseClientFirst(encodeText("n,,n=a=2Cb=3Dc,r=x"))?.user).toBe("a,b=c");
  });
});

describe("SaslConnection", () => {
  test("lets in who proves a password, and nobody else", async () => {
    const credentials = await openCredentials();
    await credentials.setPassword("anna", "secret");
    const good = connection(credentials, ["PLAIN"]);
    expect(await authenticate(good, "PLAIN", "\u0000anna\u0000secret")).toBe(0);
    expect(good.principal()).toEqual({ type: "User", name: "anna" });
    for (const token of [
      "\u0000anna\u0000wrong",
      "\u0000ben\u0000secret",
      "ben\u0000anna\u0000secret",
      "\u0000anna",
      "\u0000\u0000",
      "\u0000anna\u0000secret\u0000x",
    ]) {
      const bad = connection(credentials, ["PLAIN"]);
      expect(await authenticate(bad, "PLAIN", token), JSON.stringify(token)).toBe(58);
      expect(bad.principal()).toBeUndefined();
      // Failed is failed: a right password on the same connection comes too late.
      expect(await authenticate(bad, "PLAIN", "\u0000anna\u0000secret")).toBe(34);
    }
  });

  test("offers only the listener's mechanisms, and wants a handshake first", async () => {
    const credentials = await openCredentials();
    const sasl = connection(credentials, ["SCRAM-SHA-512"]);
    expect(await sasl.handle(17, { mechanism: "PLAIN" }, { version: 1 })).toEqual({
      errorCode: 33,
      mechanisms: ["SCRAM-SHA-512"],
    });
    expect((await sasl.handle(36, { authBytes: new Uint8Array() }, { version: 2 })).errorCode).toBe(34);
  });

  test("a user who does not exist looks like one with another password", async () => {
    const credentials = await openCredentials();
    const first = async (user: string): Promise<string> => {
      const sasl = connection(credentials, ["SCRAM-SHA-256"]);
      await sasl.handle(17, { mechanism: "SCRAM-SHA-256" }, { version: 1 });
      const answer = await sasl.handle(36, { authBytes: encodeText(`n,,n=${user},r=abc`) }, { version: 2 });
      return "authBytes" in answer ? decodeText(answer.authBytes).replace(/^r=[^,]*/, "") : "";
    };
    expect(await first("ghost")).toBe(await first("ghost"));
    expect(await first("ghost")).not.toBe(await first("other ghost"));
  });

  test("a session ends, and may be renewed by the same user only", async () => {
    const credentials = await openCredentials();
    await credentials.setPassword("anna", "secret");
    await credentials.setPassword("ben", "secret");
    const sasl = connection(credentials, ["PLAIN"], 5000);
    await authenticate(sasl, "PLAIN", "\u0000anna\u0000secret");
    expect(sasl.expiresAtMs()).toBe(6000);
    expect(await authenticate(sasl, "PLAIN", "\u0000anna\u0000secret")).toBe(0);
    expect(await authenticate(sasl, "PLAIN", "\u0000ben\u0000secret")).toBe(58);
    expect(sasl.principal()).toBeUndefined();
  });

  test("users survive a restart", async () => {
    const disk = new SimulatedDisk();
    await (await openCredentials(disk)).setPassword("anna", "secret");
    const again = await openCredentials(copyDisk(disk));
    expect(again.users().get("anna")).toEqual(["SCRAM-SHA-256", "SCRAM-SHA-512"]);
    expect(await authenticate(connection(again, ["PLAIN"]), "PLAIN", "\u0000anna\u0000secret")).toBe(0);
  });
});

const base: AclBinding = {
  resourceType: "topic",
  resourceName: "orders",
  patternType: "literal",
  principal: "User:anna",
  host: "*",
  operation: "read",
  permission: "allow",
};

describe("AclAuthorizer", () => {
  function may(bindings: readonly AclBinding[], operation: AclOperation, name = "orders", host = "10.0.0.1"): boolean {
    const authorizer = new AclAuthorizer(() => bindings, ["User:root"], false);
    return authorizer.allows({ type: "User", name: "anna" }, operation, { type: "topic", name }, host);
  }

  test("allows what a binding allows and what that implies, denies the rest", () => {
    expect(may([base], "read")).toBe(true);
    expect(may([base], "describe")).toBe(true);
    expect(may([base], "write")).toBe(false);
    expect(may([base], "read", "other")).toBe(false);
    expect(may([], "read")).toBe(false);
    expect(may([{ ...base, operation: "all" }], "alter_configs")).toBe(true);
    expect(may([{ ...base, principal: "User:*" }], "read")).toBe(true);
    expect(may([{ ...base, principal: "User:ben" }], "read")).toBe(false);
    expect(may([{ ...base, host: "10.0.0.2" }], "read")).toBe(false);
    expect(may([{ ...base, resourceName: "ord", patternType: "prefixed" }], "read")).toBe(true);
    expect(may([{ ...base, resourceName: "*" }], "read", "anything")).toBe(true);
    expect(may([{ ...base, resourceType: "group" }], "read")).toBe(false);
  });

  test("a denial beats every permission, and super users may everything", () => {
    const deny: AclBinding = { ...base, operation: "all", permission: "deny", principal: "User:*" };
    expect(may([base, deny], "read")).toBe(false);
    const authorizer = new AclAuthorizer(() => [deny], ["User:root"], false);
    expect(authorizer.allows({ type: "User", name: "root" }, "delete", { type: "topic", name: "orders" }, "h")).toBe(
      true,
    );
  });

  test("a resource nobody speaks of is open only when the setting says so", () => {
    const open = new AclAuthorizer(() => [base], [], true);
    expect(open.allows({ type: "User", name: "ben" }, "read", { type: "topic", name: "free" }, "h")).toBe(true);
    expect(open.allows({ type: "User", name: "ben" }, "read", { type: "topic", name: "orders" }, "h")).toBe(false);
  });

  test("bindings survive a restart and go when they are removed", async () => {
    const disk = new SimulatedDisk();
    const storage = await openStorage({ directory: "/data", disk, clock: new ManualClock() });
    const acls = new AclStore(await openClusterStore(storage, new ManualClock()));
    await acls.add(base);
    await acls.add({ ...base, operation: "write" });
    await acls.add(base);
    await acls.remove({ ...base, operation: "write" });
    const again = await openStorage({ directory: "/data", disk: copyDisk(disk), clock: new ManualClock() });
    expect(new AclStore(await openClusterStore(again, new ManualClock())).bindings()).toEqual([base]);
  });
});

describe("matchesFilter", () => {
  const any = {
    resourceTypeFilter: 1,
    resourceNameFilter: null,
    patternTypeFilter: 1,
    principalFilter: null,
    hostFilter: null,
    operation: 1,
    permissionType: 1,
  };

  test("finds by exact pattern, by anything, and by what would speak of a name", () => {
    const prefixed: AclBinding = { ...base, resourceName: "ord", patternType: "prefixed" };
    expect(matchesFilter(base, any)).toBe(true);
    expect(matchesFilter(base, { ...any, patternTypeFilter: 3, resourceNameFilter: "orders" })).toBe(true);
    expect(matchesFilter(prefixed, { ...any, patternTypeFilter: 3, resourceNameFilter: "ord" })).toBe(false);
    expect(matchesFilter(prefixed, { ...any, patternTypeFilter: 2, resourceNameFilter: "orders" })).toBe(true);
    expect(matchesFilter(base, { ...any, principalFilter: "User:ben" })).toBe(false);
    expect(matchesFilter(base, { ...any, operation: 4 })).toBe(false);
  });

  test("parseBinding refuses what is not one, with a sentence", () => {
    const coded = {
      resourceType: 2,
      resourceName: "t",
      patternType: 3,
      principal: "User:a",
      host: "*",
      operation: 3,
      permissionType: 3,
    };
    expect(parseBinding(coded)).toMatchObject({ resourceType: "topic", operation: "read", permission: "allow" });
    for (const wrong of [
      { resourceType: 1 },
      { patternType: 2 },
      { operation: 1 },
      { permissionType: 1 },
      { resourceName: "" },
      { principal: "anna" },
      { host: "" },
    ]) {
      expect(typeof parseBinding({ ...coded, ...wrong }), JSON.stringify(wrong)).toBe("string");
    }
  });
});
