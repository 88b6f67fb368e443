import { type ApiSchema, field, list, struct } from "./schema.ts";

/** DescribeUserScramCredentials lists SCRAM users. */
export const describeUserScramCredentials: ApiSchema = {
  key: 50,
  name: "DescribeUserScramCredentials",
  versions: [0, 0],
  flexibleSince: 0,
  request: [list("users", struct("UserName", [field("name", "string")]), { nullable: true })],
  response: [
    field("throttleTimeMs", "int32"),
    field("errorCode", "int16"),
    field("errorMessage", "string", { nullable: true }),
    list(
      "results",
      struct("DescribeUserScramCredentialsResult", [
        field("user", "string"),
        field("errorCode", "int16"),
        field("errorMessage", "string", { nullable: true }),
        list("credentialInfos", struct("CredentialInfo", [field("mechanism", "int8"), field("iterations", "int32")])),
      ]),
    ),
  ],
};
