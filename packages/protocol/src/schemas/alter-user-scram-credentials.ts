import { type ApiSchema, field, list, struct } from "./schema.ts";

/** AlterUserScramCredentials adds and removes SCRAM users. */
export const alterUserScramCredentials: ApiSchema = {
  key: 51,
  name: "AlterUserScramCredentials",
  versions: [0, 0],
  flexibleSince: 0,
  request: [
    list("deletions", struct("ScramCredentialDeletion", [field("name", "string"), field("mechanism", "int8")])),
    list(
      "upsertions",
      struct("ScramCredentialUpsertion", [
        field("name", "string"),
        field("mechanism", "int8"),
        field("iterations", "int32"),
        field("salt", "bytes"),
        field("saltedPassword", "bytes"),
      ]),
    ),
  ],
  response: [
    field("throttleTimeMs", "int32"),
    list(
      "results",
      struct("AlterUserScramCredentialsResult", [
        field("user", "string"),
        field("errorCode", "int16"),
        field("errorMessage", "string", { nullable: true }),
      ]),
    ),
  ],
};
