/** The zone that an import's local times are meant in. */
import { ZoneConverter } from "@kaelix/base";

import { sourceErrors } from "./errors.ts";

/** Converts local times of a zone that somebody named. @throws KaelixError `import-zone-unknown` */
export function zoneConverter(zone: string): ZoneConverter {
  try {
    return new ZoneConverter(zone);
  } catch (cause) {
    throw sourceErrors("import-zone-unknown", { details: { zone: zone.slice(0, 64) }, cause });
  }
}
