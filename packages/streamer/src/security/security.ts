/**
 * Who may connect to a broker and what they may do: authenticators for its listeners, an authorizer, and the APIs that administer both.
 *
 * Made before the broker, filled once the broker's store is open: until then nobody is let in.
 */
import { TLSSocket } from "node:tls";

import { assert, type Clock, type RandomSource } from "@kaelix/base";

import type { Authorizer, KafkaPrincipal } from "../broker/api.ts";
import type { AnyServedApi } from "../broker/api-table.ts";
import { ANONYMOUS, type ListenerAuthenticator } from "../broker/authentication.ts";
import type { ClusterStore } from "../broker/cluster-store.ts";
import type { Ground } from "../broker/ground.ts";
import { aclApis } from "./acl-apis.ts";
import { AclAuthorizer, AclStore } from "./acls.ts";
import { Credentials } from "./credentials.ts";
import { SaslConnection, type SaslMechanism } from "./sasl.ts";
import { scramApis } from "./scram-apis.ts";

/** How a broker's clients are known and bounded. */
export interface SecurityOptions {
  /** Principals that may do everything, as `User:name`. */
  readonly superUsers?: readonly string[];
  /** Whether access control lists decide. Default: everybody who is let in may do everything. */
  readonly acls?: boolean;
  /** With access control lists: whether resources that no list speaks of are open (Kafka's allow.everyone.if.no.acl.found). Default false. */
  readonly allowWithoutAcl?: boolean;
  /** Users and passwords to be there when the broker starts, for SCRAM and PLAIN. Others are added by any Kafka client. */
  readonly users?: Readonly<Record<string, string>>;
  /** Says who a user and password of PLAIN are, in place of the users of SCRAM. */
  readonly verifyPlain?: (user: string, password: string) => Promise<KafkaPrincipal | undefined>;
}

/** See the top of the file. */
export class BrokerSecurity {
  readonly #options: SecurityOptions;
  readonly #clock: Clock;
  readonly #random: RandomSource;
  #credentials: Credentials | undefined;
  #acls: AclStore | undefined;
  #sessionMs = 0;

  constructor(options: SecurityOptions, clock: Clock, random: RandomSource) {
    this.#options = options;
    this.#clock = clock;
    this.#random = random;
  }

  /**
   * Reads what the store has, and gives the configured users their passwords.
   * @param sessionMs after which a client must authenticate again (KIP-368); 0: never
   */
  async open(store: ClusterStore, sessionMs: number): Promise<void> {
    this.#sessionMs = sessionMs;
    this.#acls = new AclStore(store);
    const credentials = new Credentials(store, this.#random);
    for (const [user, password] of Object.entries(this.#options.users ?? {}))
      await credentials.setPassword(user, password);
    this.#credentials = credentials;
  }

  /** Decides by the access control lists, or lets everybody do everything when they are off. */
  authorizer(): Authorizer {
    const { acls = false, allowWithoutAcl = false, superUsers = [] } = this.#options;
    if (!acls) return { allows: () => true };
    return new AclAuthorizer(() => this.#acls?.bindings() ?? [], superUsers, allowWithoutAcl);
  }

  /** Authenticates by SASL with these mechanisms. */
  sasl(mechanisms: readonly SaslMechanism[]): ListenerAuthenticator {
    return {
      open: () => {
        const credentials = this.#credentials;
        assert(credentials !== undefined, "Security is open before a listener is");
        const { verifyPlain } = this.#options;
        return new SaslConnection({
          mechanisms,
          credentials,
          verifyPlain,
          sessionMs: this.#sessionMs,
          nowMs: () => this.#clock.monotonicMs(),
        });
      },
    };
  }

  /** The APIs of users and access control lists. */
  apis(ground: Ground): readonly AnyServedApi[] {
    assert(this.#credentials !== undefined && this.#acls !== undefined, "Security is open before it is served");
    return [...scramApis(ground, this.#credentials), ...aclApis(ground, this.#acls)];
  }
}

/** Authenticates by the certificate a client showed: `User:` and its subject, most specific part first, as Kafka writes it. */
export const certificateAuthenticator: ListenerAuthenticator = {
  open: (socket) => {
    const principal = socket instanceof TLSSocket && socket.authorized ? principalOf(socket) : ANONYMOUS;
    return { principal: () => principal };
  },
};

function principalOf(socket: TLSSocket): KafkaPrincipal {
  const { subject } = socket.getPeerCertificate();
  const parts = Object.entries(subject ?? {}).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one) => `${name}=${escapeName(String(one))}`),
  );
  return parts.length === 0 ? ANONYMOUS : { type: "User", name: parts.toReversed().join(",") };
}

/** RFC 2253: what would be mistaken for structure. */
function escapeName(value: string): string {
  return value.replaceAll(/[,+"\\<>;]/g, String.raw`\$&`);
}
