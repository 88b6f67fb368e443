/**
 * What the messages of all APIs have in common.
 */

/** A tagged field that this build does not know; kept so that decoding and encoding again loses nothing (KIP-482). */
export interface UnknownTag {
  readonly tag: number;
  readonly bytes: Uint8Array;
}

/** Record batches to send: one range of bytes or several that follow each other. They are sent as they are, without a copy. */
export type RecordBytes = Uint8Array | readonly Uint8Array[];

/**
 * A message to encode in which any field may be left out, at every depth; it then has Kafka's default.
 * The client's half takes requests this way.
 */
export type Loose<Value> = Value extends Uint8Array | UnknownTag
  ? Value
  : Value extends readonly (infer Element)[]
    ? readonly Loose<Element>[]
    : Value extends object
      ? { readonly [Key in keyof Value]?: Loose<Value[Key]> | undefined }
      : Value;

/**
 * A message as decoded: no field is missing at any depth, whatever the version carried.
 * The client's half gives responses this way.
 */
export type Complete<Value> = Value extends Uint8Array
  ? Value
  : Value extends readonly Uint8Array[]
    ? never
    : Value extends readonly UnknownTag[] | undefined
      ? Value
      : Value extends readonly (infer Element)[]
        ? readonly Complete<Element>[]
        : Value extends object
          ? CompleteFields<Value>
          : Value;

type CompleteFields<Value> = {
  readonly [Key in Exclude<keyof Value, "unknownTags">]-?: Complete<Exclude<Value[Key], undefined>>;
} & {
  readonly unknownTags?: readonly UnknownTag[] | undefined;
};
