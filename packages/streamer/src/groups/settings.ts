/** Times and bounds of the group coordinator. Read when they are needed: an object with getters makes them changeable while it runs. */
export interface GroupSettings {
  /** How long the first rebalance of an empty group waits for more members, ms. Default 3 s. */
  readonly initialRebalanceDelayMs: number;
  /** Most members of a classic group. Default 1,000. */
  readonly membersMax: number;
  /** Most bytes of what members of a classic group say about themselves, and of their assignments. Default 16 MiB. */
  readonly groupBytesMax: number;
  /** Smallest session timeout a member may ask for, ms. Default 6 s. */
  readonly sessionTimeoutMsMin: number;
  /** Largest session timeout a member may ask for, ms. Default 30 min. */
  readonly sessionTimeoutMsMax: number;
  /** Session timeout of consumer groups (KIP-848), ms. Default 45 s. */
  readonly consumerSessionTimeoutMs: number;
  /** Heartbeat interval of consumer groups (KIP-848), ms. Default 5 s. */
  readonly consumerHeartbeatIntervalMs: number;
  /** Most members of a consumer group (KIP-848). Default 1,000. */
  readonly consumerMembersMax: number;
  /** Most bytes of text with a committed offset. Default 4,096. */
  readonly offsetMetadataBytesMax: number;
  /** How long offsets nobody uses are kept, ms. Default 7 days. */
  readonly offsetsRetentionMs: number;
  /** How often offsets and groups that are over are looked for, ms. Default 10 min. */
  readonly offsetsCheckIntervalMs: number;
  /** Most groups. Default 50,000. */
  readonly groupsMax: number;
  /** Most committed offsets of all groups. Default 5,000,000. */
  readonly offsetsMax: number;
}

/** Times and bounds of a consumer group (KIP-848). */
export type ConsumerSettings = Pick<
  GroupSettings,
  "consumerSessionTimeoutMs" | "consumerHeartbeatIntervalMs" | "consumerMembersMax"
>;

/** Times, bounds and ways of one share group (KIP-932). */
export interface ShareSettings {
  readonly sessionTimeoutMs: number;
  readonly heartbeatIntervalMs: number;
  /** Most members. */
  readonly membersMax: number;
  /** How long a member may hold a record, ms. */
  readonly lockMs: number;
  /** How often a record is delivered before it is given up. */
  readonly deliveryCountMax: number;
  /** Most records of a partition that are delivered and not done. */
  readonly recordLocksMax: number;
  /** Where a group begins in a partition: `earliest`, `latest`, or `by_duration:` with a time in ISO 8601. */
  readonly offsetReset: string;
  readonly isolation: "read_uncommitted" | "read_committed";
  /** Whether members may ask for more time. */
  readonly mayRenew: boolean;
}

const MINUTE_MS = 60_000;

/** What holds for a share group when nothing is said. */
export const SHARE_DEFAULTS: ShareSettings = {
  sessionTimeoutMs: 45_000,
  heartbeatIntervalMs: 5000,
  membersMax: 200,
  lockMs: 30_000,
  deliveryCountMax: 5,
  recordLocksMax: 2000,
  offsetReset: "latest",
  isolation: "read_uncommitted",
  mayRenew: true,
};

/** What holds when nothing is said. */
export const GROUP_DEFAULTS: GroupSettings = {
  initialRebalanceDelayMs: 3000,
  membersMax: 1000,
  groupBytesMax: 16 * 2 ** 20,
  sessionTimeoutMsMin: 6000,
  sessionTimeoutMsMax: 30 * MINUTE_MS,
  consumerSessionTimeoutMs: 45_000,
  consumerHeartbeatIntervalMs: 5000,
  consumerMembersMax: 1000,
  offsetMetadataBytesMax: 4096,
  offsetsRetentionMs: 7 * 24 * 60 * MINUTE_MS,
  offsetsCheckIntervalMs: 10 * MINUTE_MS,
  groupsMax: 50_000,
  offsetsMax: 5_000_000,
};

/**
 * Settings that follow a broker's configuration while it runs.
 * @param valueOf gives the number of a broker key, such as "group.max.size"
 */
export function groupSettingsFrom(valueOf: (key: string) => number): GroupSettings {
  return {
    ...GROUP_DEFAULTS,
    get initialRebalanceDelayMs() {
      return valueOf("group.initial.rebalance.delay.ms");
    },
    get membersMax() {
      return Math.min(valueOf("group.max.size"), GROUP_DEFAULTS.membersMax);
    },
    get sessionTimeoutMsMin() {
      return valueOf("group.min.session.timeout.ms");
    },
    get sessionTimeoutMsMax() {
      return valueOf("group.max.session.timeout.ms");
    },
    get consumerSessionTimeoutMs() {
      return valueOf("group.consumer.session.timeout.ms");
    },
    get consumerHeartbeatIntervalMs() {
      return valueOf("group.consumer.heartbeat.interval.ms");
    },
    get consumerMembersMax() {
      return Math.min(valueOf("group.consumer.max.size"), GROUP_DEFAULTS.consumerMembersMax);
    },
    get offsetMetadataBytesMax() {
      return valueOf("offset.metadata.max.bytes");
    },
    get offsetsRetentionMs() {
      return valueOf("offsets.retention.minutes") * MINUTE_MS;
    },
  };
}

/**
 * Times and bounds of one consumer group (KIP-848) that follow its configuration while it runs.
 * @param settings of the coordinator
 * @param valueOf gives the number of a group's key, such as "consumer.session.timeout.ms"
 */
export function consumerSettingsFrom(settings: GroupSettings, valueOf: (key: string) => number): ConsumerSettings {
  return {
    get consumerSessionTimeoutMs() {
      return valueOf("consumer.session.timeout.ms");
    },
    get consumerHeartbeatIntervalMs() {
      return valueOf("consumer.heartbeat.interval.ms");
    },
    get consumerMembersMax() {
      return settings.consumerMembersMax;
    },
  };
}

/**
 * Settings of one share group that follow its configuration while it runs.
 * @param valueOf gives the value of a group's key, such as "share.session.timeout.ms"
 * @param membersMax of `group.share.max.size`
 */
export function shareSettingsFrom(valueOf: (key: string) => string, membersMax: () => number): ShareSettings {
  return {
    get sessionTimeoutMs() {
      return Number(valueOf("share.session.timeout.ms"));
    },
    get heartbeatIntervalMs() {
      return Number(valueOf("share.heartbeat.interval.ms"));
    },
    get membersMax() {
      return membersMax();
    },
    get lockMs() {
      return Number(valueOf("share.record.lock.duration.ms"));
    },
    get deliveryCountMax() {
      return Number(valueOf("share.delivery.count.limit"));
    },
    get recordLocksMax() {
      return Number(valueOf("share.partition.max.record.locks"));
    },
    get offsetReset() {
      return valueOf("share.auto.offset.reset");
    },
    get isolation() {
      return valueOf("share.isolation.level") === "read_committed" ? "read_committed" : "read_uncommitted";
    },
    get mayRenew() {
      return valueOf("share.renew.acknowledge.enable").toLowerCase() === "true";
    },
  };
}
