/** DescribeUserScramCredentials and AlterUserScramCredentials (KIP-554), and the codecs of SASL's own two. */
import { APIS, KAFKA_ERRORS } from "@kaelix/protocol";
import {
  type AlterUserScramCredentialsRequest,
  type AlterUserScramCredentialsResponse,
  decodeAlterUserScramCredentialsRequest,
  decodeDescribeUserScramCredentialsRequest,
  decodeSaslAuthenticateRequest,
  decodeSaslHandshakeRequest,
  type DescribeUserScramCredentialsRequest,
  type DescribeUserScramCredentialsResponse,
  type DescribeUserScramCredentialsResult,
  encodeAlterUserScramCredentialsResponse,
  encodeDescribeUserScramCredentialsResponse,
  encodeSaslAuthenticateResponse,
  encodeSaslHandshakeResponse,
  type SaslAuthenticateRequest,
  type SaslAuthenticateResponse,
  type SaslHandshakeRequest,
  type SaslHandshakeResponse,
} from "@kaelix/protocol/messages";

import type { ServedApi } from "../broker/api.ts";
import type { AnyServedApi } from "../broker/api-table.ts";
import { type Ground, mayCluster } from "../broker/ground.ts";
import type { Credentials } from "./credentials.ts";
import { credentialOf, isIterationCount, type ScramMechanism, SCRAM_MECHANISMS } from "./scram.ts";

const REFUSED_TEXT = "Users may not be seen or changed by this user";
const SALT_BYTES_MAX = 1024;

/** Serves users' credentials, and the two APIs by which a connection authenticates. */
export function scramApis(ground: Ground, credentials: Credentials): readonly AnyServedApi[] {
  return [saslHandshakeApi(), saslAuthenticateApi(), describeApi(ground, credentials), alterApi(ground, credentials)];
}

/** The connection's authentication answers in its place; a listener without SASL has nothing to say. */
function saslHandshakeApi(): ServedApi<SaslHandshakeRequest, SaslHandshakeResponse> {
  return {
    key: APIS.SaslHandshake.key,
    decodeRequest: decodeSaslHandshakeRequest,
    encodeResponse: encodeSaslHandshakeResponse,
    handle: () => ({ errorCode: KAFKA_ERRORS.ILLEGAL_SASL_STATE, mechanisms: [] }),
    failed: (_request, errorCode) => ({ errorCode, mechanisms: [] }),
  };
}

function saslAuthenticateApi(): ServedApi<SaslAuthenticateRequest, SaslAuthenticateResponse> {
  const authBytes = new Uint8Array();
  return {
    key: APIS.SaslAuthenticate.key,
    decodeRequest: decodeSaslAuthenticateRequest,
    encodeResponse: encodeSaslAuthenticateResponse,
    handle: () => ({
      errorCode: KAFKA_ERRORS.ILLEGAL_SASL_STATE,
      errorMessage: "This listener has no SASL",
      authBytes,
    }),
    failed: (_request, errorCode, errorMessage) => ({ errorCode, errorMessage, authBytes }),
  };
}

function describeApi(
  ground: Ground,
  credentials: Credentials,
): ServedApi<DescribeUserScramCredentialsRequest, DescribeUserScramCredentialsResponse> {
  return {
    key: APIS.DescribeUserScramCredentials.key,
    decodeRequest: decodeDescribeUserScramCredentialsRequest,
    encodeResponse: encodeDescribeUserScramCredentialsResponse,
    handle: ({ users }, context) => {
      if (!mayCluster(ground, context, "describe")) {
        return { errorCode: KAFKA_ERRORS.CLUSTER_AUTHORIZATION_FAILED, errorMessage: REFUSED_TEXT, results: [] };
      }
      const known = credentials.users();
      const names = users === null || users.length === 0 ? [...known.keys()] : users.map(({ name }) => name);
      const results = names.map((name) => describeUser(credentials, name, known.get(name) ?? []));
      return { errorCode: KAFKA_ERRORS.NONE, errorMessage: null, results };
    },
    failed: (_request, errorCode, errorMessage) => ({ errorCode, errorMessage, results: [] }),
  };
}

function describeUser(
  credentials: Credentials,
  user: string,
  mechanisms: readonly ScramMechanism[],
): DescribeUserScramCredentialsResult {
  if (mechanisms.length === 0) {
    const errorMessage = "There is no user of this name";
    return { user, errorCode: KAFKA_ERRORS.RESOURCE_NOT_FOUND, errorMessage, credentialInfos: [] };
  }
  const credentialInfos = mechanisms.map((mechanism) => ({
    mechanism: SCRAM_MECHANISMS[mechanism].code,
    iterations: credentials.get(mechanism, user)?.iterations ?? 0,
  }));
  return { user, errorCode: KAFKA_ERRORS.NONE, errorMessage: null, credentialInfos };
}

function alterApi(
  ground: Ground,
  credentials: Credentials,
): ServedApi<AlterUserScramCredentialsRequest, AlterUserScramCredentialsResponse> {
  return {
    key: APIS.AlterUserScramCredentials.key,
    decodeRequest: decodeAlterUserScramCredentialsRequest,
    encodeResponse: encodeAlterUserScramCredentialsResponse,
    handle: async (request, context) => {
      const users = [...new Set([...request.deletions, ...request.upsertions].map(({ name }) => name))];
      if (!mayCluster(ground, context, "alter")) {
        const errorCode = KAFKA_ERRORS.CLUSTER_AUTHORIZATION_FAILED;
        return { results: users.map((user) => ({ user, errorCode, errorMessage: REFUSED_TEXT })) };
      }
      const results: AlterUserScramCredentialsResponse["results"][number][] = [];
      for (const user of users) results.push({ user, ...(await alterUser(credentials, request, user)) });
      return { results };
    },
    failed: ({ deletions, upsertions }, errorCode, errorMessage) => ({
      results: [...deletions, ...upsertions].map(({ name }) => ({ user: name, errorCode, errorMessage })),
    }),
  };
}

interface Told {
  readonly errorCode: number;
  readonly errorMessage: string | null;
}

/** All changes of one user, or none of them. */
async function alterUser(
  credentials: Credentials,
  request: AlterUserScramCredentialsRequest,
  user: string,
): Promise<Told> {
  const deletions = request.deletions.filter(({ name }) => name === user);
  const upsertions = request.upsertions.filter(({ name }) => name === user);
  const mechanisms = [...deletions, ...upsertions].map(({ mechanism }) => mechanismOf(mechanism));
  if (mechanisms.includes(undefined)) {
    return {
      errorCode: KAFKA_ERRORS.UNSUPPORTED_SASL_MECHANISM,
      errorMessage: "Mechanism must be SCRAM-SHA-256 or -512",
    };
  }
  if (new Set(mechanisms).size < mechanisms.length) {
    return { errorCode: KAFKA_ERRORS.DUPLICATE_RESOURCE, errorMessage: "A mechanism may be named once per user" };
  }
  for (const { iterations, salt, saltedPassword } of upsertions) {
    const wrong = user === "" || salt.length === 0 || salt.length > SALT_BYTES_MAX || saltedPassword.length === 0;
    if (wrong || !isIterationCount(iterations)) {
      const errorMessage = "User, salt and password must not be empty, iterations must be 4096 to 16384";
      return { errorCode: KAFKA_ERRORS.UNACCEPTABLE_CREDENTIAL, errorMessage };
    }
  }
  for (const { mechanism } of deletions) {
    const name = mechanismOf(mechanism);
    if (name !== undefined && !(await credentials.remove(name, user))) {
      return { errorCode: KAFKA_ERRORS.RESOURCE_NOT_FOUND, errorMessage: "There is no such credential" };
    }
  }
  for (const { iterations, mechanism, salt, saltedPassword } of upsertions) {
    const name = mechanismOf(mechanism);
    // The frame's bytes are gone after this request.
    const salted = { iterations, salt: salt.slice(), saltedPassword };
    if (name !== undefined) await credentials.put(name, user, credentialOf(name, salted));
  }
  return { errorCode: KAFKA_ERRORS.NONE, errorMessage: null };
}

function mechanismOf(code: number): ScramMechanism | undefined {
  // Its own keys are all it has.
  return (Object.keys(SCRAM_MECHANISMS) as ScramMechanism[]).find((name) => SCRAM_MECHANISMS[name].code === code);
}
