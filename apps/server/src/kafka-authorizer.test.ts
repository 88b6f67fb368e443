import { ManualClock, seededRandom } from "@kaelix/base";
import { makeId, parseTenantId, type Role, type UserPrincipal } from "@kaelix/model";
import type { AclOperation } from "@kaelix/streamer";
import { expect, test } from "vitest";

import { authorizerOf } from "./kafka-authorizer.ts";

const people = new Map<string, UserPrincipal>();

function add(name: string, tenant: string, role: Role): void {
  const tenantId = parseTenantId(tenant);
  if (tenantId === undefined) throw new Error("The name is well formed");
  const [userId, sessionId] = [makeId("usr", 1, seededRandom(1)), makeId("ses", 1, seededRandom(1))];
  people.set(name, { type: "user", tenantId, userId, role, sessionId, ceiling: 1 });
}

add("owner", "default", "owner");
add("member", "default", "member");
add("owner apart", "acme", "owner");
add("member apart", "acme", "member");
const authorizer = authorizerOf(people, new ManualClock());

const may = (
  name: string,
  operation: AclOperation,
  type: "topic" | "group" | "transactional_id",
  what: string,
): boolean => authorizer.allows({ type: "User", name }, operation, { type, name: what }, "127.0.0.1");
const mayAll = (name: string, operation: AclOperation): boolean =>
  authorizer.allows({ type: "User", name }, operation, { type: "cluster", name: "kafka-cluster" }, "127.0.0.1");

test.each(["topic", "group", "transactional_id"] as const)("whose a %s is stands in its name", (type) => {
  for (const [name, own, foreign] of [
    ["owner", ["orders", "acme.orders", "tenants.acme.x", "tenant.default.x"], ["tenant.acme.orders"]],
    ["owner apart", ["tenant.acme.orders"], ["orders", "acme.orders", "tenant.globex.orders", "tenant.acmex.orders"]],
  ] as const) {
    for (const what of own) {
      expect(may(name, "write", type, what), what).toBe(true);
      expect(may(name, "delete", type, what), what).toBe(true);
      expect(may(name.replace("owner", "member"), "write", type, what), what).toBe(true);
      expect(may(name.replace("owner", "member"), "delete", type, what), what).toBe(false);
    }
    for (const what of [
      ...foreign,
      "tenant.acme",
      "tenant.acme.",
      "tenant..x",
      "tenant.ACME.x",
      "memories",
      "__x",
      "kaelix.x",
    ]) {
      for (const operation of ["read", "write", "create", "describe", "delete"] as const) {
        expect(may(name, operation, type, what), `${name} ${operation} ${what}`).toBe(false);
      }
    }
  }
});

test("the cluster is the default organisation's administrators', and names what is created nowhere", () => {
  for (const name of people.keys()) {
    expect(mayAll(name, "idempotent_write")).toBe(true);
    expect(mayAll(name, "create")).toBe(false);
    for (const operation of ["describe", "describe_configs", "alter", "alter_configs", "cluster_action"] as const) {
      expect(mayAll(name, operation), `${name} ${operation}`).toBe(name === "owner");
    }
  }
  expect(mayAll("nobody", "idempotent_write")).toBe(false);
});
