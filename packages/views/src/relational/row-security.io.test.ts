import { openPglite } from "./pglite/open.ts";
import { scopeConformance } from "./testing/scope-tests.ts";

scopeConformance(() => openPglite());
