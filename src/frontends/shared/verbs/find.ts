import { AitraderError } from '../../../domain/errors.ts';
import { nearest } from '../../../lib/nearest.ts';

/** The end of an id is what tells it from others of the same hour: so much of it is enough. */
const SHORTEST_ENDING = 4;

/** What is looked for, and what to say when it is not there. */
export interface Search<Entity> {
  /** `position`, `order`: for messages. */
  readonly what: string;
  readonly idOf: (entity: Entity) => string;
  /** Other words that mean it: a symbol, a name. Letter case does not count. */
  readonly alsoCalled: (entity: Entity) => readonly string[];
  readonly remedy: string;
}

/**
 * The entry that a person means by an id, by the end of one, or by another word for it.
 * @throws AitraderError `NOT_FOUND`, `AMBIGUOUS`
 */
export function findOne<Entity>(entries: readonly Entity[], given: string, search: Search<Entity>): Entity {
  const { what, idOf, alsoCalled, remedy } = search;
  const exact = entries.find((entry) => idOf(entry) === given);
  if (exact !== undefined) return exact;
  const wanted = given.toLowerCase();
  const called = entries.filter((entry) => alsoCalled(entry).some((word) => word.toLowerCase() === wanted));
  const ending = (entry: Entity): boolean => wanted.length >= SHORTEST_ENDING && idOf(entry).endsWith(wanted);
  const found = called.length > 0 ? called : entries.filter(ending);
  const [first] = found;
  if (first === undefined) {
    const near = nearest(given, entries.flatMap(alsoCalled));
    const hint = near.length > 0 ? `Did you mean ${near.join(' or ')}?` : remedy;
    throw new AitraderError('NOT_FOUND', { what, given, remedy: hint });
  }
  if (found.length > 1) {
    const candidates = found.map((entry) => [idOf(entry), ...alsoCalled(entry)].join(' ')).join(', ');
    throw new AitraderError('AMBIGUOUS', { what, given, candidates });
  }
  return first;
}

/** The words that mean a symbol: `BTCUSDT`, `BTC`, `BTC/USDT`. */
export function symbolWords({ symbol, base, quote }: { symbol: string; base: string; quote: string }): string[] {
  return [symbol, base, `${base}/${quote}`];
}
