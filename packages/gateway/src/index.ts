export type { AccessApplication, FactorsView } from "./access-application.ts";
export type { AppsApplication } from "./apps-application.ts";
export type {
  CodeApplication,
  LoginApplication,
  MailApplication,
  PasskeyApplication,
  ResetApplication,
} from "./ways-in-application.ts";
export type {
  AnswerOutcome,
  Application,
  CensusView,
  ChangeOutcome,
  ConversationSummary,
  EmbeddingStatus,
  FacetCount,
  FoundMemory,
  HouseApplication,
  HouseStatus,
  ListRequest,
  MemoryApplication,
  Reach,
  SharedMark,
  MemoryVersion,
  PageOf,
  PlacedMemory,
  RecallFilter,
  RememberOutcome,
  SearchOutcome,
  Signal,
  StartStep,
  VerificationOutcome,
  ViewState,
} from "./application.ts";
export type { AsOf } from "./asking.ts";
export type { ImportApplication, ImportPreviewView, ImportView } from "./import-application.ts";
export type {
  AuditApplication,
  AuditFilter,
  AuditFindings,
  AuditLine,
  PolicyApplication,
  PolicyExplanation,
  PolicyQuestion,
} from "./audit-application.ts";
export type { MemoryEdit, MemoryMove } from "./memory-changes.ts";
export type { SealApplication } from "./seal-application.ts";
export type { EventsApplication, LiveEvent, PastEvent } from "./events-application.ts";
export type { ErasureApplication, ErasureRequest, ErasureView } from "./erasure-application.ts";
export type { FileApplication } from "./file-application.ts";
export type { MemberApplication } from "./member-application.ts";
export type { TenantApplication } from "./tenant-application.ts";
export type { Neighbour, SharedWhat, ShareRequest, ShareView, SharingApplication } from "./sharing-application.ts";
export type { DayApplication, DaySettingsView, KeptSearch, SavedSearchView, Untaken } from "./day-application.ts";
export type { LessonApplication } from "./lesson-application.ts";
export type { Going, KeptView, RetentionApplication, SourceCounts } from "./retention-application.ts";
export type { DayProse, DigestApplication } from "./digest-application.ts";
export { gatewayErrors } from "./errors.ts";
export { createGateway, type Gateway, type GatewayOptions, type Listening } from "./gateway.ts";
export type {
  Authentication,
  Device,
  IdentityPort,
  OpenUpTo,
  Profile,
  SignedInPerson,
  SignInOrigin,
} from "./identity-port.ts";
export type { DecideOutcome, PeopleApplication } from "./people-application.ts";
export type {
  ProposedWrite,
  ReviewApplication,
  ReviewCounts,
  ReviewItem,
  ReviewOutcome,
  ReviewWord,
  SettledMemory,
} from "./review-application.ts";
export type { GoingThrough, TimelineApplication, TimelineOutcome, TimelineRequest } from "./timeline-application.ts";
export type { ProviderApplication, ProviderTestView, WriterView, WritingOptions } from "./provider-application.ts";
export type {
  BackupsView,
  KekView,
  OperationsApplication,
  UserKeysView,
  UserKeyView,
} from "./operations-application.ts";
export { type GatewaySettings, gatewaySettings } from "./settings.ts";
