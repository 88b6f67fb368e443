import { type ApiSchema, field, list, struct } from "./schema.ts";

/** DescribeCluster describes the brokers of the cluster. */
export const describeCluster: ApiSchema = {
  key: 60,
  name: "DescribeCluster",
  versions: [0, 2],
  flexibleSince: 0,
  request: [
    field("includeClusterAuthorizedOperations", "boolean"),
    field("endpointType", "int8", { since: 1, default: 1 }),
    field("includeFencedBrokers", "boolean", { since: 2 }),
  ],
  response: [
    field("throttleTimeMs", "int32"),
    field("errorCode", "int16"),
    field("errorMessage", "string", { nullable: true, default: null }),
    field("endpointType", "int8", { since: 1, default: 1 }),
    field("clusterId", "string"),
    field("controllerId", "int32", { default: -1 }),
    list(
      "brokers",
      struct("DescribeClusterBroker", [
        field("brokerId", "int32"),
        field("host", "string"),
        field("port", "int32"),
        field("rack", "string", { nullable: true, default: null }),
        field("isFenced", "boolean", { since: 2 }),
      ]),
    ),
    field("clusterAuthorizedOperations", "int32", { default: -2147483648 }),
  ],
};
