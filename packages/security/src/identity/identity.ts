/**
 * Who is who: signing up and in, sessions, invitations, and the principal behind an access token. No HTTP here.
 *
 * Guarantees: what is answered is durable on the log and folded by the view; an unknown phone number and a wrong password do the same
 * work and get the same answer; the first user needs the claim code, later ones an invitation; a phone number signs up once.
 */
import { type Clock, KeyedLock, type RandomSource, systemClock, systemRandom } from "@kaelix/base";
import {
  DEFAULT_TENANT,
  EVENT_VERSION,
  makeId,
  type Principal,
  type Role,
  type SessionId,
  type TenantId,
  type UserId,
  type UserPrincipal,
} from "@kaelix/model";

import type { ApiKeys } from "../access/api-keys.ts";
import type { Apps } from "../apps/apps.ts";
import { Grants } from "../access/grants.ts";
import { openAccessRegister, type AccessRegister } from "../access/access-register.ts";
import { Ways } from "../access/ways.ts";
import { OwnSeals } from "../access/own-seals.ts";
import { type FactorsStatus, SecondFactors, type TotpEnrolment } from "../access/second-factors.ts";
import { securityErrors } from "../errors.ts";
import type { SigningLine } from "../keys/signing-keys.ts";
import { ACCESS_TOKEN_SECONDS, AccessTokens } from "./access-tokens.ts";
import { ClaimGate, hashCode } from "./codes.ts";
import { GuessGate, undefinedOn } from "./guess-gate.ts";
import { Accounts, registration } from "./accounts.ts";
import { Members, withRoles } from "./members.ts";
import { IdentityJournal } from "./journal.ts";
import { parseName, parsePhone } from "./parse.ts";
import { requireGoodPassword } from "./require-good-password.ts";
import { makePasswords, type Passwords } from "./passwords.ts";
import { CodeDoor } from "./code-door.ts";
import { openCodes } from "./open-codes.ts";
import { openDoors } from "./doors.ts";
import type { MailDoor } from "./mail-door.ts";
import { openPrograms } from "./open-programs.ts";
import { openProfile } from "./profiles.ts";
import type { PasskeyDoor } from "./passkey-door.ts";
import type { ProviderDoor } from "./provider-door.ts";
import type { ResetDoor } from "./reset-door.ts";
import { entryPurpose, Prover } from "./prover.ts";
import type { InviteRow, UserRow } from "./rows.ts";
import { type Ceiling, Sessions, sessionInfo } from "./sessions.ts";
import type { IdentityOptions } from "./identity-options.ts";
import type {
  Authenticated,
  Invitation,
  LogInRequest,
  PasswordChange,
  Proof,
  ProofBy,
  SessionInfo,
  SignedIn,
  SignUpRequest,
  UserProfile,
} from "./identity-types.ts";

/** Opens the identity service; waits until the view has folded all events there are. */
export async function openIdentity(options: IdentityOptions): Promise<Identity> {
  const register = await openAccessRegister(options.log, options.clock ?? systemClock);
  const identity = new Identity(options, options.passwords ?? (await makePasswords()), register);
  await identity.start();
  return identity;
}

/** The identity service. Made by `openIdentity`. */
export class Identity {
  readonly #options: IdentityOptions;
  readonly #access: AccessRegister;
  readonly #clock: Clock;
  readonly #random: RandomSource;
  readonly #passwords: Passwords;
  readonly #journal: IdentityJournal;
  readonly #sessions: Sessions;
  readonly #claim: ClaimGate;
  readonly #guesses: GuessGate;
  readonly #factors: SecondFactors;
  readonly #prover: Prover;
  readonly #signingUp = new KeyedLock();
  /** Signs and verifies access tokens. */
  readonly tokens: AccessTokens;
  /** Keys of programs. */
  readonly apiKeys: ApiKeys;
  /** Programs of others that people let in. */
  readonly apps: Apps;
  /** The keys that people's browsers seal level 4 with, wrapped. */
  readonly seals: OwnSeals;
  /** What people share with each other. */
  readonly grants: Grants;
  /** Who belongs to the installation. */
  readonly members: Members;
  /** Coming in by passkey. */
  readonly passkeys: PasskeyDoor;
  /** E-mail addresses, and the way back in; undefined when no mail can be sent. */
  readonly mail: MailDoor | undefined;
  /** Codes by mail and SMS as the second step. */
  readonly codes: CodeDoor;
  /** Coming in by accounts elsewhere. */
  readonly providers: ProviderDoor;
  /** New passwords by links from the machine's terminal. */
  readonly resets: ResetDoor;
  /** Ending accounts. */
  readonly accounts: Accounts;

  /** Use `openIdentity`. */
  constructor(options: IdentityOptions, passwords: Passwords, register: AccessRegister) {
    const { log, keystore, settings = {} } = options;
    const store = withRoles(options.store, register);
    this.#options = { ...options, store };
    this.#access = register;
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? systemRandom;
    this.#passwords = passwords;
    this.#journal = new IdentityJournal(log, store);
    this.#claim = new ClaimGate(options.claimCode);
    this.#guesses = new GuessGate(this.#clock);
    const shared = { clock: this.#clock, random: this.#random };
    this.#factors = new SecondFactors({ ...shared, register, keystore, issuer: settings.issuer ?? "kaelix" });
    const [guesses, factors] = [this.#guesses, this.#factors];
    const user = async (id: UserId): Promise<UserRow | undefined> => store.user(id);
    const profile = (id: UserId): Promise<UserProfile> => this.profile(id);
    const ways = new Ways({ register, keystore });
    const sent = openCodes(options, { ...shared, ways, profile });
    this.#prover = new Prover({ guesses, factors, passwords, user, sent, passkeys: () => this.passkeys });
    ({ apiKeys: this.apiKeys, apps: this.apps } = openPrograms(options, { ...shared, register, user }));
    this.seals = new OwnSeals({ register, keystore, clock: this.#clock });
    // Nothing is shared with whoever cannot come in.
    const present = async (id: UserId): Promise<UserRow | undefined> => this.members.present(await store.user(id));
    this.grants = new Grants({ ...shared, register, user: present });
    const keys = (): SigningLine => keystore.signing.keys("refresh");
    this.#sessions = new Sessions({ ...shared, store, journal: this.#journal, keys });
    const [journal, sessions, signingUp] = [this.#journal, this.#sessions, this.#signingUp];
    const endSessions = (id: UserId): Promise<void> => this.accounts.endSessions(id);
    this.members = new Members({ ...shared, register, store, journal, endSessions, profile, signingUp });
    this.accounts = new Accounts({ register, journal, sessions, store, members: this.members, clock: this.#clock });
    const isSuspended: Members["isSuspended"] = (person) => this.members.isSuspended(person);
    const requireProof = (principal: UserPrincipal): void => this.#requireProof(principal);
    const known = (request: LogInRequest): Promise<UserRow | undefined> => this.#known(request);
    const endOtherSessions = (one: UserPrincipal): Promise<number> => this.logOutAll(one, one.sessionId);
    const entering = { guesses, isSuspended, requireProof };
    this.codes = new CodeDoor({ ...entering, sent, factors, known, endOtherSessions });
    const doors = openDoors({
      ...shared,
      ...entering,
      ways,
      register,
      factors,
      passwords,
      options,
      seals: this.seals,
      user,
      profile,
      endSessions,
      enter: (row, client) => this.#enter(row, client),
      isNeeded: (id) => factors.sentBy(id).includes("email"),
      secondFactor: async ({ user: userId, tenant: tenantId }, code, address) => {
        if (factors.has(userId)) await this.#prover.code({ tenantId, userId }, { code, address });
      },
      checkPassword: (row, password) => this.#checkNewPassword(row, password),
      setPassword: (row, password) => this.#setPassword(row, password),
    });
    this.passkeys = doors.passkeys;
    this.mail = doors.mail;
    this.providers = doors.providers;
    this.resets = doors.resets;
    this.tokens = new AccessTokens({
      ...shared,
      keys: () => keystore.signing.keys("access-tokens"),
      issuer: settings.issuer ?? "kaelix",
      audience: settings.audience ?? "kaelix",
    });
  }

  /** Called once by `openIdentity`. */
  async start(): Promise<void> {
    await this.#journal.open();
  }

  /** True once somebody has signed up who runs the house; other organisations' people do not count. */
  async isClaimed(): Promise<boolean> {
    return (await this.#options.store.users(1, undefined, DEFAULT_TENANT)).length > 0;
  }

  /**
   * Signs somebody up and in.
   * @throws `identity-phone-invalid`, `identity-name-invalid`, `identity-password-invalid`, `identity-password-breached`,
   *   `identity-claim-wrong`, `identity-claim-frozen`, `identity-signup-closed`, `identity-invite-invalid`, `identity-phone-taken`,
   *   `identity-throttled`, `identity-busy`; errors of the log
   */
  async signUp(request: SignUpRequest): Promise<SignedIn> {
    const phone = parsePhone(request.phone);
    const name = parseName(request.name);
    if (phone === undefined) throw securityErrors("identity-phone-invalid");
    if (name === undefined) throw securityErrors("identity-name-invalid");
    await requireGoodPassword(request.password, [name, phone.slice(1)], this.#options.settings);
    await this.#admit(request);
    const password = await this.#passwords.hash(request.password);
    // One at a time, so that two cannot both be the first, or both use one invitation.
    const made = await this.#signingUp.run("sign-up", async () => {
      const invite = await this.#admit(request);
      return this.#register({ phone, name, password, invite, client: request.client ?? "" });
    });
    return this.#signedIn(made.user, made.session, made.refreshToken);
  }

  /**
   * Signs in with phone and password, and a code when the person has a second factor.
   * @throws `identity-credentials-wrong`, `identity-code-required`, `identity-code-wrong`, `identity-suspended`,
   *   `identity-throttled`, `identity-busy`
   */
  async logIn(request: LogInRequest): Promise<SignedIn> {
    const user = await this.#known(request);
    if (user === undefined) throw securityErrors("identity-credentials-wrong");
    if (this.#factors.has(user.user)) {
      await this.#prover.code({ tenantId: user.tenant, userId: user.user }, request, entryPurpose(user.user));
    }
    if (this.members.isSuspended(user)) throw securityErrors("identity-suspended");
    return this.#enter(user, request.client ?? "");
  }

  async #enter(user: UserRow, client: string): Promise<SignedIn> {
    const { event, refreshToken } = this.#sessions.begin(user, client);
    await this.#journal.folded(await this.#journal.append([event]));
    return this.#signedIn(user, event.session, refreshToken);
  }

  /**
   * Who a phone number and password belong to, without beginning a session: for connections that prove themselves at their own door.
   * Undefined when they are wrong, and for whoever has a second factor: such a door cannot ask for it, it takes their keys instead.
   * Throws `identity-throttled`, `identity-busy`.
   */
  async verify(
    request: LogInRequest,
  ): Promise<{ readonly user: UserId; readonly tenant: TenantId; readonly role: Role } | undefined> {
    const found = await this.#known(request);
    if (found === undefined || this.#factors.has(found.user) || this.members.isSuspended(found)) return undefined;
    return { user: found.user, tenant: found.tenant, role: found.role };
  }

  async #known(request: LogInRequest): Promise<UserRow | undefined> {
    const phone = parsePhone(request.phone);
    const phoneHash = await this.#hashPhone(phone ?? `?${request.phone.slice(0, 40)}`);
    return this.#prover.owner(phoneHash, request, async () =>
      phone === undefined ? undefined : this.#options.store.userByPhone(phoneHash),
    );
  }

  /** Exchanges a refresh token. Throws `identity-refresh-invalid`, `identity-refresh-reused`. */
  async refresh(refreshToken: string): Promise<SignedIn> {
    const exchanged = await this.#sessions.refresh(refreshToken);
    const user = await this.#options.store.user(exchanged.row.user);
    if (user === undefined || this.members.isSuspended(user)) throw securityErrors("identity-refresh-invalid");
    return this.#signedIn(user, exchanged.row.session, exchanged.refreshToken);
  }

  /** Who is behind an access token. Never throws for a bad one. */
  async authenticate(accessToken: string): Promise<Authenticated> {
    const verified = await this.tokens.verify(accessToken);
    if (verified.type === "refused") return verified;
    const { user, tenant, session } = verified.claims;
    const isIn = !this.members.isSuspended({ user, tenant }) && (await this.#sessions.isAlive(session));
    if (!isIn) return { type: "refused", why: "ended" };
    // The token may be of before the role was changed.
    const role = this.#access.account(user)?.role ?? verified.claims.role;
    const ceiling = this.#sessions.ceiling(session);
    const principal = { type: "user", tenantId: tenant, userId: user, role, sessionId: session } as const;
    const provedUntilMs = this.#sessions.provedUntilMs(session);
    return {
      type: "user",
      principal: { ...principal, ceiling: ceiling.level },
      ceilingUntilMs: ceiling.untilMs,
      provedUntilMs,
    };
  }

  /** The principal of a request without a token. */
  anonymous(): Extract<Principal, { readonly type: "anonymous" }> {
    return { type: "anonymous", tenantId: DEFAULT_TENANT };
  }

  /** Ends the principal's session, or another one of the same user. Throws `policy-hidden` for any other session. */
  async logOut(principal: UserPrincipal, session: SessionId = principal.sessionId): Promise<void> {
    const row = await this.#options.store.session(session);
    if (row === undefined || row.user !== principal.userId) throw securityErrors("policy-hidden");
    await this.#sessions.revoke(session, "logout");
  }

  /** Ends every session of the principal's user, but for one that is to stay. Returns how many. */
  async logOutAll(principal: UserPrincipal, stays?: SessionId): Promise<number> {
    const all = await this.#options.store.activeSessions(principal.userId);
    const rows = all.filter((row) => row.session !== stays);
    for (const { session } of rows) await this.#sessions.revoke(session, "all");
    return rows.length;
  }

  /** Devices that are signed in, latest use first. */
  async sessions(principal: UserPrincipal): Promise<readonly SessionInfo[]> {
    const rows = await this.#options.store.activeSessions(principal.userId);
    return rows.filter((row) => row.expiresAtMs > this.#clock.nowMs()).map((row) => sessionInfo(row, principal));
  }

  /**
   * Proves that it is the person who is at a session, now (`proofNeeded` says by what).
   * @returns until when changes of keys, factors and shares may be made, epoch ms
   * @throws `identity-code-required`, `identity-code-wrong`, `identity-credentials-wrong`, `identity-throttled`, `identity-session-ended`
   */
  async prove(request: Proof): Promise<number> {
    const { principal } = request;
    await this.#prover.prove(request);
    if (!(await this.#sessions.isAlive(principal.sessionId))) throw securityErrors("identity-session-ended");
    return this.#sessions.prove(principal.sessionId);
  }

  /**
   * Opens a session up to level 3 or 4 for 15 minutes, by the same proof.
   * @throws as `prove`; `identity-ceiling-invalid`; `account-held`
   */
  async unlock(request: Proof & { readonly ceiling: number }): Promise<Ceiling> {
    const { principal, ceiling } = request;
    if (ceiling !== 3 && ceiling !== 4) throw securityErrors("identity-ceiling-invalid");
    await this.prove(request);
    this.resets.requireOpen(principal.userId);
    return this.#sessions.raise(principal.sessionId, ceiling);
  }

  /** What a session must bring to open levels 3 and 4 or to change keys and factors. */
  proofNeeded({ userId, sessionId }: UserPrincipal): { readonly by: ProofBy; readonly provedUntilMs: number | null } {
    const both = this.#factors.has(userId) ? "password-and-code" : "password";
    const by = this.#factors.hasApp(userId) ? "code" : both;
    return { by, provedUntilMs: this.#sessions.provedUntilMs(sessionId) };
  }

  /**
   * Replaces the password, by the old one or a passkey; every other session of the person ends. What a link holds shut stays so.
   * @throws `identity-proof-required`, `identity-credentials-wrong`, `passkey-refused`, `identity-password-…`, `identity-throttled`, `identity-busy`
   */
  async changePassword(request: PasswordChange): Promise<void> {
    const { principal, newPassword, passkey } = request;
    // A code is asked for besides the password when there is one: the session must have brought it. A passkey is both at once.
    if (passkey === undefined && this.#factors.has(principal.userId)) this.#requireProof(principal);
    const row = await this.#prover.person(request);
    await this.#checkNewPassword(row, newPassword);
    await this.#setPassword(row, newPassword);
    await this.logOutAll(principal, principal.sessionId);
  }

  async #checkNewPassword(row: UserRow, password: string): Promise<void> {
    const { name, phone } = await this.#openProfile(row);
    await requireGoodPassword(password, [name, phone.slice(1)], this.#options.settings);
  }

  async #setPassword({ user, tenant }: UserRow, newPassword: string): Promise<void> {
    const password = await this.#passwords.hash(newPassword);
    const base = { v: EVENT_VERSION, at: this.#clock.nowMs(), tenant, user };
    await this.#journal.folded(await this.#journal.append([{ type: "user.password-changed", ...base, password }]));
  }

  /** What second factors the person has. */
  factors(principal: UserPrincipal): FactorsStatus {
    return this.#factors.status(principal.userId);
  }

  /** Begins to set up an authenticator app. Throws `identity-proof-required`, `factor-present`. */
  async beginTotp(principal: UserPrincipal): Promise<TotpEnrolment> {
    this.#requireProof(principal);
    return this.#factors.begin(principal, (await this.profile(principal.userId)).phone);
  }

  /**
   * Finishes setting it up with a code of the app; from now on signing in asks for one. Every other session of the person ends.
   * @returns ten recovery codes, shown once
   * @throws `factor-not-begun`, `factor-present`, `identity-code-wrong`, `identity-throttled`
   */
  async confirmTotp(principal: UserPrincipal, code: string): Promise<readonly string[]> {
    const codes = await this.#guesses.attempt(`code/${principal.userId}`, undefined, async () =>
      this.#factors.confirm(principal, code).catch(undefinedOn("identity-code-wrong")),
    );
    if (codes === undefined) throw securityErrors("identity-code-wrong");
    await this.logOutAll(principal, principal.sessionId);
    return codes;
  }

  /** Takes app and recovery codes away. Throws `identity-proof-required`, `factor-missing`. */
  async removeTotp(principal: UserPrincipal): Promise<void> {
    this.#requireProof(principal);
    await this.#factors.remove(principal);
  }

  /** New recovery codes, shown once; the old ones open nothing any more. Throws `identity-proof-required`, `factor-missing`. */
  async renewRecoveryCodes(principal: UserPrincipal): Promise<readonly string[]> {
    this.#requireProof(principal);
    return this.#factors.renewRecovery(principal);
  }

  /** Closes the higher levels again. */
  lock(principal: UserPrincipal): Ceiling {
    return this.#sessions.lower(principal.sessionId);
  }

  /** Invites somebody; the code is shown once. Throws `identity-role-invalid` when the principal may not invite to the role. */
  createInvite(principal: UserPrincipal, role: Role): Promise<Invitation> {
    return this.members.invite(principal, role);
  }

  /** Name, phone and role of a user. Throws `identity-user-missing`; `key-damaged` when the sealed profile cannot be opened. */
  async profile(user: UserId): Promise<UserProfile> {
    const row = await this.#options.store.user(user);
    if (row === undefined) throw securityErrors("identity-user-missing");
    return this.#openProfile(row);
  }

  async #openProfile(row: UserRow): Promise<UserProfile> {
    return { ...(await openProfile(this.#options.keystore, row)), ...this.resets.standing(row.user) };
  }

  async #signedIn(row: UserRow, session: SessionId, refreshToken: string): Promise<SignedIn> {
    const { user, tenant, role } = row;
    return {
      accessToken: await this.tokens.sign({ user, tenant, role, session }),
      expiresInSeconds: ACCESS_TOKEN_SECONDS,
      refreshToken,
      session,
      ceiling: this.#sessions.ceiling(session),
      profile: await this.#openProfile(row),
    };
  }

  /** Throws unless the session has proved itself within the last minutes. */
  #requireProof(principal: UserPrincipal): void {
    if (this.#sessions.provedUntilMs(principal.sessionId) === null) throw securityErrors("identity-proof-required");
  }

  /** Whether this sign-up may happen at all: by the claim code for the first, by an invitation for others. */
  async #admit(request: SignUpRequest): Promise<InviteRow | undefined> {
    const nowMs = this.#clock.monotonicMs();
    if (request.inviteCode === undefined && !(await this.isClaimed())) {
      const checked = this.#claim.check(request.claimCode, nowMs);
      if (checked.type === "frozen")
        throw securityErrors("identity-claim-frozen", { details: { retryAfterMs: checked.waitMs } });
      if (checked.type === "wrong") throw securityErrors("identity-claim-wrong");
      return undefined;
    }
    if (request.inviteCode === undefined) throw securityErrors("identity-signup-closed");
    this.#guesses.refuse(request.address);
    const invite = await this.#options.store.invite(hashCode(request.inviteCode));
    if (this.members.tenants.admits(invite)) return invite;
    this.#guesses.countWrong(request.address);
    throw securityErrors("identity-invite-invalid");
  }

  async #register(person: {
    readonly phone: string;
    readonly name: string;
    readonly password: string;
    readonly invite: InviteRow | undefined;
    readonly client: string;
  }): Promise<{ readonly user: UserRow; readonly session: SessionId; readonly refreshToken: string }> {
    const { keystore, store } = this.#options;
    const nowMs = this.#clock.nowMs();
    const tenant = person.invite?.tenant ?? DEFAULT_TENANT;
    const user = makeId("usr", nowMs, this.#random);
    const phone = await this.#hashPhone(person.phone);
    if ((await store.claimPhone(phone, user)) === "taken") throw securityErrors("identity-phone-taken");
    const { event, refreshToken } = this.#sessions.begin({ user, tenant }, person.client);
    let offset: number;
    let row: UserRow;
    try {
      await keystore.ensureUserKey(tenant, user);
      const profile = Buffer.from(JSON.stringify({ phone: person.phone, name: person.name }));
      const blob = await keystore.sealForUser({ user, purpose: "profile", subject: user }, profile);
      const role = person.invite?.role ?? "owner";
      const sealed = blob.toString("base64url");
      row = { user, tenant, role, phone, password: person.password, sealed, registeredAtMs: nowMs };
      offset = await this.#journal.append([registration(row, person.invite), event]);
    } catch (error) {
      await store.releasePhone(phone, user);
      throw error;
    }
    // From here on the user is on the log: the number stays theirs even when the view is slow.
    await this.#journal.folded(offset);
    return { user: row, session: event.session, refreshToken };
  }

  async #hashPhone(phone: string): Promise<string> {
    return Buffer.from(await this.#options.keystore.lookupHash("system", "phone", phone)).toString("base64url");
  }
}
