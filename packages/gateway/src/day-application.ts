/** What the gateway needs of the day as it is told by itself, of what in it is not useful, and of searches that were named. */
import type { DayDelivery, DayWay, ImportId, Level, UserPrincipal } from "@kaelix/model";

/** How secret lines may be that leave the house. */
type WayLevel = 1 | 2;

/** When the day is told and by which ways. */
export interface DaySettingsView {
  readonly hour: number | null;
  readonly zone: string;
  readonly isDefault: boolean;
  readonly mail: { readonly address: string; readonly level: WayLevel; readonly confirmed: boolean } | null;
  readonly webhook: { readonly url: string; readonly level: WayLevel } | null;
  readonly devices: readonly { readonly id: string; readonly name: string }[];
  readonly hasMailer: boolean;
  readonly pushKey: string;
  readonly last: { readonly day: string; readonly ways: readonly DayDelivery[] } | null;
}

/** What somebody wants of it. */
export interface DaySettingsWish {
  readonly hour: number | null;
  readonly zone: string;
  readonly mail: { readonly address: string; readonly level: WayLevel } | null;
  readonly webhook: { readonly url: string; readonly level: WayLevel } | null;
}

/** A field that cannot be taken, and why. */
export interface Untaken {
  readonly type: "untaken";
  readonly field: string;
  readonly why: string;
}

/** A line that was called not useful. */
export interface JudgementView {
  readonly mark: string;
  readonly kind: string;
  readonly topic: string | null;
  readonly atMs: number;
}

/** A search without its page, as the contract has it. */
export interface KeptSearch {
  readonly query: string;
  readonly filter?: Readonly<Record<string, unknown>> | undefined;
  readonly as_of?: string | undefined;
}

/** A search that was named. */
export interface SavedSearchView {
  readonly id: string;
  readonly name: string;
  readonly search: KeptSearch;
  /** How far a session must be open to see it. */
  readonly level: Level;
  readonly savedAtMs: number;
}

/** The principal's own day and searches. What is missing answers false or undefined. */
export interface DayApplication {
  settings(principal: UserPrincipal): Promise<DaySettingsView>;
  configure(
    principal: UserPrincipal,
    wish: DaySettingsWish,
  ): Promise<
    { readonly type: "configured"; readonly settings: DaySettingsView; readonly secret: string | null } | Untaken
  >;
  test(principal: UserPrincipal, way: DayWay): Promise<{ readonly isSent: boolean; readonly why: string | null }>;
  /** Undefined when the code is none that is out. */
  confirm(principal: UserPrincipal, code: string): Promise<DaySettingsView | undefined>;
  addDevice(
    principal: UserPrincipal,
    device: { readonly endpoint: string; readonly p256dh: string; readonly auth: string; readonly name: string },
  ): Promise<{ readonly type: "configured"; readonly settings: DaySettingsView } | Untaken>;
  removeDevice(principal: UserPrincipal, id: string): Promise<boolean>;
  latest(
    principal: UserPrincipal,
  ): Promise<
    { readonly day: string; readonly madeAtMs: number; readonly isTold: boolean; readonly isSeen: boolean } | undefined
  >;
  seen(principal: UserPrincipal, day: string): Promise<void>;
  /** The mark to take it back by; undefined when the digest has no such line. */
  judge(
    principal: UserPrincipal,
    line: { readonly key: string; readonly day?: string; readonly zone: string; readonly importId?: ImportId },
  ): Promise<string | undefined>;
  judgements(principal: UserPrincipal): Promise<readonly JudgementView[]>;
  /** `all` takes back every one. */
  unjudge(principal: UserPrincipal, mark: string): Promise<boolean>;
  searches(principal: UserPrincipal): Promise<readonly SavedSearchView[]>;
  saveSearch(
    principal: UserPrincipal,
    wish: { readonly name: string; readonly search: KeptSearch; readonly level?: Level },
  ): Promise<SavedSearchView | Untaken>;
  /** Undefined when there is none that the session sees. */
  renameSearch(principal: UserPrincipal, id: string, name: string): Promise<SavedSearchView | Untaken | undefined>;
  removeSearch(principal: UserPrincipal, id: string): Promise<boolean>;
}
