import { z } from 'zod';

import { AitraderError } from '../../../domain/errors.ts';
import { nearest } from '../../../lib/nearest.ts';
import type { Desk } from '../desk.ts';

/** What a verb that can be followed shows again and again. */
export interface Followed {
  /** What is told at first, oldest first. */
  readonly first: (desk: Desk) => Promise<readonly object[]>;
  /** Everything that may have changed since, oldest first. Entries with an `id` that are as they were are not told again. */
  readonly next: (desk: Desk) => Promise<readonly object[]>;
}

/** Something that can be asked of the desk, with its arguments checked already. */
export interface VerbCall<Answer = unknown> {
  readonly run: (desk: Desk) => Promise<Answer>;
  /** Null when it cannot be followed. */
  readonly followed: Followed | null;
}

/** One entry of the catalogue. */
export interface Verb<Answer = unknown> {
  /** `looks` changes nothing, `sets` changes traders, also while nothing runs, `acts` asks something of a running engine. */
  readonly kind: 'looks' | 'sets' | 'acts';
  /** @throws AitraderError `ARGUMENT_INVALID` */
  readonly call: (args: unknown) => VerbCall<Answer>;
}

interface VerbTerms<Args, Answer> {
  readonly args: z.ZodType<Args>;
  readonly run: (desk: Desk, args: Args) => Promise<Answer>;
  readonly followed?: (args: Args) => Followed;
}

function define<Args, Answer>(
  { args: schema, run, followed }: VerbTerms<Args, Answer>,
  kind: Verb['kind'],
): Verb<Answer> {
  return {
    kind,
    call(given) {
      const args = readArguments(schema, given);
      return { run: (desk) => run(desk, args), followed: followed?.(args) ?? null };
    },
  };
}

export function lookingVerb<Args, Answer>(terms: VerbTerms<Args, Answer>): Verb<Answer> {
  return define(terms, 'looks');
}

export function settingVerb<Args, Answer>(terms: VerbTerms<Args, Answer>): Verb<Answer> {
  return define(terms, 'sets');
}

export function actingVerb<Args, Answer>(terms: VerbTerms<Args, Answer>): Verb<Answer> {
  return define(terms, 'acts');
}

/** What was given at a path of the arguments, for the message. */
function givenAt(given: unknown, path: readonly PropertyKey[]): string {
  const value = path.reduce<unknown>(
    (owner, key) => (typeof owner === 'object' && owner !== null ? (owner as Record<PropertyKey, unknown>)[key] : null),
    given,
  );
  const text = JSON.stringify(value) as string | undefined;
  return text === undefined ? 'missing' : text.slice(0, 100);
}

/**
 * @param schema its messages say what is allowed
 * @throws AitraderError `ARGUMENT_INVALID` for the first argument at fault
 */
export function readArguments<Args>(schema: z.ZodType<Args>, given: unknown): Args {
  const read = schema.safeParse(given);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const path = issue?.path ?? [];
  const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  if (issue?.code === 'unrecognized_keys' && path.length === 0) throw unknownArguments(issue.keys, known);
  throw new AitraderError('ARGUMENT_INVALID', {
    name: path.length === 0 ? 'the set of arguments' : path.join('.'),
    given: givenAt(given, path),
    problem: 'it cannot be used',
    allowed: path.length === 0 ? `an object of ${known.join(', ')}` : (issue?.message ?? 'something else'),
  });
}

function unknownArguments(keys: readonly string[], known: readonly string[]): AitraderError {
  const [key = ''] = keys;
  const near = nearest(key, known);
  const allowed = near.length > 0 ? near : known;
  return new AitraderError('ARGUMENT_INVALID', {
    name: key.slice(0, 60),
    given: 'given',
    problem: 'there is no such argument',
    allowed: allowed.join(', ') || 'none',
  });
}

const TEXT = 'a text of 1 to 200 characters';

/** A name, an id or a reason in the arguments. */
export const shortText = z.string(TEXT).trim().min(1, TEXT).max(200, TEXT);

const LIMIT = 'a whole number from 1 to 1000';

/** A page of a list, newest first; `before` is the id of the last entry of the page before. */
export const pageArguments = {
  limit: z.int(LIMIT).min(1, LIMIT).max(1_000, LIMIT).default(50),
  before: shortText.optional(),
};
