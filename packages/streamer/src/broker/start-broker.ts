import { openLeaders } from "../leader/leaders.ts";
import { type Broker, type BrokerOptions, startBrokerWith } from "./broker.ts";

/**
 * Starts a Kafka-compatible broker in this process.
 *
 * @returns the broker when every listener accepts connections
 * @throws `broker-config-invalid`, `broker-listen-failed`, and what opening a storage throws
 *
 * @example
 * const broker = await startBroker({ directory: "/tmp/kafka", listeners: [{ port: 0 }] });
 * const kafka = new Kafka({ brokers: [broker.bootstrap()] });
 * await broker.close();
 */
export function startBroker(options: BrokerOptions): Promise<Broker> {
  return startBrokerWith((storage, clock, configs) => {
    const leaders = openLeaders(storage, {
      clock,
      rules: (spec) => configs.topicRules(spec),
      producerExpirationMs: configs.brokerNumber("producer.id.expiration.ms"),
    });
    return { leaders, apis: () => [] };
  }, options);
}
