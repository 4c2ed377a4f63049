import type { z } from 'zod';

/** How the text of a variable is read. */
export interface Kind<Value> {
  /** What may be written, in words, for messages and documents. */
  readonly allowed: string;
  /** Reads trimmed text that is not empty; its issues say what is wrong with it. */
  readonly schema: z.ZodType<Value, string>;
}

/** When another default holds. */
export type Circumstance = 'on Fly.io' | 'in live trading';

/** One variable of the environment or of config.env. */
export interface Variable<Value = unknown> extends Kind<Value> {
  /** As it would be written; null: there is none. */
  readonly default: string | null;
  readonly otherDefault?: { readonly when: Circumstance; readonly value: string };
  /** What holds without a value, when there is no default. */
  readonly unset?: string;
  /** What it is for: one or two sentences, in Markdown. */
  readonly about: string;
  /** Never shown, in no form. */
  readonly secret?: true;
  /** The engine takes the value anew for each decision, so that it may be changed while the program runs. */
  readonly adjustable?: true;
  /** Not taken from config.env, as it says where config.env lies. */
  readonly outsideFileOnly?: true;
}

export type VariableTable = Readonly<Record<string, Variable>>;
