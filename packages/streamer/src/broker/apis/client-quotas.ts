import { APIS, KAFKA_ERRORS } from "@kaelix/protocol";
import {
  type AlterClientQuotasRequest,
  type AlterClientQuotasRequestEntryData,
  type AlterClientQuotasResponse,
  type AlterClientQuotasResponseEntryData,
  type ComponentData,
  decodeAlterClientQuotasRequest,
  decodeDescribeClientQuotasRequest,
  type DescribeClientQuotasRequest,
  type DescribeClientQuotasResponse,
  encodeAlterClientQuotasResponse,
  encodeDescribeClientQuotasResponse,
} from "@kaelix/protocol/messages";

import type { ServedApi } from "../api.ts";
import { clientError } from "../errors.ts";
import { type Ground, mayCluster } from "../ground.ts";
import { isQuotaKey, type QuotaEntity, type QuotaKey } from "../quotas.ts";

const FIELDS: Readonly<Record<string, keyof QuotaEntity>> = { user: "user", "client-id": "clientId", ip: "ip" };
const MATCH = { exact: 0, default: 1, any: 2 } as const;

/** Serves DescribeClientQuotas. */
export function describeClientQuotasApi(
  ground: Ground,
): ServedApi<DescribeClientQuotasRequest, DescribeClientQuotasResponse> {
  return {
    key: APIS.DescribeClientQuotas.key,
    decodeRequest: decodeDescribeClientQuotasRequest,
    encodeResponse: encodeDescribeClientQuotasResponse,
    handle: ({ components, strict }, context) => {
      if (!mayCluster(ground, context, "describe_configs")) {
        const errorCode = KAFKA_ERRORS.CLUSTER_AUTHORIZATION_FAILED;
        return { errorCode, errorMessage: "Quotas may not be described", entries: null };
      }
      const unknown = components.find(({ entityType }) => FIELDS[entityType] === undefined);
      if (unknown !== undefined) {
        const errorMessage = `Entity type is "${unknown.entityType.slice(0, 100)}", must be user, client-id or ip`;
        return { errorCode: KAFKA_ERRORS.INVALID_REQUEST, errorMessage, entries: null };
      }
      const rows = [...ground.quotas.rows()].filter(({ entity }) => isMatch(entity, components, strict));
      return {
        errorCode: KAFKA_ERRORS.NONE,
        errorMessage: null,
        entries: rows.map(({ entity, limits }) => ({
          entity: entityData(entity),
          values: Object.entries(limits).map(([key, value]) => ({ key, value })),
        })),
      };
    },
    failed: (_request, errorCode, errorMessage) => ({ errorCode, errorMessage, entries: null }),
  };
}

function isMatch(entity: QuotaEntity, components: readonly ComponentData[], strict: boolean): boolean {
  if (strict && Object.values(entity).filter((name) => name !== undefined).length !== components.length) return false;
  return components.every(({ entityType, match, matchType }) => {
    const field = FIELDS[entityType];
    const name = field === undefined ? undefined : entity[field];
    if (name === undefined) return false;
    if (matchType === MATCH.exact) return name === match;
    return matchType === MATCH.any || name === null;
  });
}

function entityData(entity: QuotaEntity): { entityType: string; entityName: string | null }[] {
  return Object.entries(FIELDS).flatMap(([entityType, field]) => {
    const name = entity[field];
    return name === undefined ? [] : [{ entityType, entityName: name }];
  });
}

/** Serves AlterClientQuotas. Changes are durable and in effect when they are answered. */
export function alterClientQuotasApi(ground: Ground): ServedApi<AlterClientQuotasRequest, AlterClientQuotasResponse> {
  return {
    key: APIS.AlterClientQuotas.key,
    decodeRequest: decodeAlterClientQuotasRequest,
    encodeResponse: encodeAlterClientQuotasResponse,
    handle: async ({ entries, validateOnly }, context) => {
      const allowed = mayCluster(ground, context, "alter_configs");
      const answers: AlterClientQuotasResponseEntryData[] = [];
      for (const entry of entries) {
        const { entity } = entry;
        answers.push(
          allowed
            ? { ...(await alter(ground, entry, validateOnly)), entity }
            : {
                errorCode: KAFKA_ERRORS.CLUSTER_AUTHORIZATION_FAILED,
                errorMessage: "Quotas may not be altered",
                entity,
              },
        );
      }
      return { entries: answers };
    },
    failed: (request, errorCode, errorMessage) => ({
      entries: request.entries.map(({ entity }) => ({ errorCode, errorMessage, entity })),
    }),
  };
}

async function alter(
  ground: Ground,
  entry: AlterClientQuotasRequestEntryData,
  validateOnly: boolean,
): Promise<{ readonly errorCode: number; readonly errorMessage: string | null }> {
  const parsed = parseEntry(entry);
  if (typeof parsed === "string") return { errorCode: KAFKA_ERRORS.INVALID_REQUEST, errorMessage: parsed };
  try {
    if (!validateOnly) await ground.quotas.alter(parsed.entity, parsed.changes);
    return { errorCode: KAFKA_ERRORS.NONE, errorMessage: null };
  } catch (error) {
    const { code, message } = clientError(error);
    return { errorCode: code, errorMessage: message };
  }
}

interface ParsedEntry {
  readonly entity: QuotaEntity;
  readonly changes: ReadonlyMap<QuotaKey, number | undefined>;
}

/** What is asked, or what is wrong with it. */
function parseEntry({ entity: parts, ops }: AlterClientQuotasRequestEntryData): ParsedEntry | string {
  const entity: { -readonly [Field in keyof QuotaEntity]: QuotaEntity[Field] } = {};
  for (const { entityName, entityType } of parts) {
    const field = FIELDS[entityType];
    if (field === undefined) return `Entity type is "${entityType.slice(0, 100)}", must be user, client-id or ip`;
    if (entity[field] !== undefined || entityName === "")
      return "Every entity type must be given once, with a name or null";
    entity[field] = entityName;
  }
  const isIp = entity.ip !== undefined;
  if (parts.length === 0 || (isIp && parts.length > 1)) return "Entity must be an ip, or a user, a client-id or both";
  const changes = new Map<QuotaKey, number | undefined>();
  for (const { key, remove, value } of ops) {
    if (!isQuotaKey(key)) return `Quota is "${key.slice(0, 100)}", which does not exist`;
    if ((key === "connection_creation_rate") !== isIp) return `${key} is not for this entity`;
    if (!remove && !(value > 0 && Number.isFinite(value))) return `${key} is ${value}, must be above 0`;
    changes.set(key, remove ? undefined : value);
  }
  return { entity, changes };
}
