import { type Clock, systemClock, systemRandom } from "@kaelix/base";

import { groupApis, shareApis } from "../groups/group-apis.ts";
import { openGroups, type VerifyTransaction } from "../groups/groups.ts";
import { consumerSettingsFrom, groupSettingsFrom, type ShareSettings, shareSettingsFrom } from "../groups/settings.ts";
import type { InterceptorSpec } from "../interceptors/contract.ts";
import { Interceptors } from "../interceptors/interceptors.ts";
import type { Leaders } from "../leader/contract.ts";
import { openLeaders } from "../leader/leaders.ts";
import type { SaslMechanism } from "../security/sasl.ts";
import { BrokerSecurity, type SecurityOptions } from "../security/security.ts";
import { openTransactions } from "../transactions/coordinator.ts";
import { transactionApis } from "../transactions/transaction-apis.ts";
import { type Broker, type BrokerOptions, type OpenRooms, startBrokerWith } from "./broker.ts";
import type { ConfigKeeper } from "./config-keeper.ts";
import { NODE_ID } from "./ground.ts";
import type { ListenerOptions } from "./listener.ts";

/** A listener, and how its clients prove who they are. */
export interface StartListenerOptions extends ListenerOptions {
  /** SASL mechanisms clients must use; absent: `authenticator` decides. */
  readonly sasl?: readonly SaslMechanism[];
}

/** How a broker with all of its rooms is started. */
export interface StartBrokerOptions extends Omit<BrokerOptions, "listeners"> {
  /** Default: one on 127.0.0.1:9092, open to everybody. */
  readonly listeners?: readonly StartListenerOptions[];
  /**
   * The leaders of the storage, where somebody else in this process has opened them: there may be one set only. They stay open when the
   * broker closes.
   */
  readonly leaders?: Leaders;
  /** Users, access control lists and sessions. `authorizer` counts when both are given. */
  readonly security?: SecurityOptions;
  /** Code of others on the way of records and offsets, in calling order. One that cannot be loaded keeps the broker from starting. */
  readonly interceptors?: readonly InterceptorSpec[];
}

/**
 * Starts a Kafka-compatible broker in this process.
 *
 * @returns the broker when every listener accepts connections
 * @throws `broker-config-invalid`, `broker-listen-failed`, `interceptor-invalid`, and what opening a storage throws
 *
 * @example
 * const broker = await startBroker({ directory: "/tmp/kafka", listeners: [{ port: 0 }] });
 * const kafka = new Kafka({ brokers: [broker.bootstrap()] });
 * await broker.close();
 */
export function startBroker(options: StartBrokerOptions): Promise<Broker> {
  const { clock = systemClock, listeners = [{}], random = systemRandom } = options;
  const security = new BrokerSecurity(options.security ?? {}, clock, random);
  const authorizer = options.authorizer ?? security.authorizer();
  const openRooms: OpenRooms = async ({ configs, storage, store }) => {
    await security.open(store, configs.brokerNumber("connections.max.reauth.ms"));
    const leaders =
      options.leaders ??
      openLeaders(storage, {
        clock,
        rules: (spec) => configs.topicRules(spec),
        producerExpirationMs: configs.brokerNumber("producer.id.expiration.ms"),
      });
    const interceptors = await loadAll(options.interceptors ?? [], clock);
    const settings = groupSettingsFrom((key) => configs.brokerNumber(key));
    const transactions = await openTransactions({
      storage,
      leaders,
      clock,
      settings: {
        timeoutMsMax: configs.brokerNumber("transaction.max.timeout.ms"),
        expirationMs: configs.brokerNumber("transactional.id.expiration.ms"),
      },
    });
    const verifyTransaction: VerifyTransaction = (batch) => transactions.verifyOrAdd(batch);
    const groups = openGroups({
      storage,
      leaders,
      clock,
      random,
      authorizer,
      settings,
      consumerSettings: (groupId) => consumerSettingsFrom(settings, (key) => configs.groupNumber(groupId, key)),
      shareSettings: shareSettingsOf(configs),
      verifyTransaction,
      interceptors,
    });
    return {
      leaders,
      groups,
      interceptors,
      transactions,
      loaded: groups.loaded,
      apis: (ground) => [
        ...groupApis(groups, {
          coordinatorOf: ({ listener }) => ({ nodeId: NODE_ID, ...ground.endpoint(listener) }),
        }),
        ...shareApis(groups, ground),
        ...transactionApis(transactions, { storage, leaders, authorizer, clock }),
        ...security.apis(ground),
      ],
      close: async () => {
        await groups.close();
        await transactions.close();
        if (options.leaders === undefined) await leaders.close();
        await interceptors.close();
      },
    };
  };
  return startBrokerWith(openRooms, {
    ...options,
    clock,
    random,
    authorizer,
    listeners: listeners.map(({ sasl, ...listener }) =>
      sasl === undefined ? listener : { ...listener, authenticator: security.sasl(sasl) },
    ),
  });
}

function shareSettingsOf(configs: ConfigKeeper): (groupId: string) => ShareSettings {
  const membersMax = (): number => configs.brokerNumber("group.share.max.size");
  return (groupId) => shareSettingsFrom((key) => configs.groupValue(groupId, key), membersMax);
}

async function loadAll(specs: readonly InterceptorSpec[], clock: Clock): Promise<Interceptors> {
  const interceptors = new Interceptors(clock);
  try {
    for (const spec of specs) await interceptors.load(spec);
  } catch (error) {
    await interceptors.close();
    throw error;
  }
  return interceptors;
}
