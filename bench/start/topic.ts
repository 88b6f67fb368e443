/** The topic of the start bench. */
export const START_TOPIC = "start";
/** Its partitions. */
export const START_PARTITIONS = 4;
