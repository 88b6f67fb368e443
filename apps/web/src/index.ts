export {
  claimServer,
  dashboardReady,
  keepMessage,
  type Journey,
  logIn,
  openBrowser,
  type JourneyBrowser,
  signUp,
} from "./testing/journey.ts";
