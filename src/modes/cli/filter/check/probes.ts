import { asId } from '../../../../domain/ids.ts';
import type { TraderId, VenueSymbol } from '../../../../domain/ids.ts';
import type { Timeframe } from '../../../../domain/time.ts';
import type { FilterSandbox } from '../../../../ports/filter-sandbox.ts';
import type { Finding } from '../finding.ts';
import { handOver, viewAt } from '../history/replay.ts';
import type { SymbolHistory } from '../history/replay.ts';
import type { Instrumented, Seen } from './instrument.ts';
import { LONGEST_LOOKBACK } from './laboratory.ts';
import type { Laboratory } from './laboratory.ts';

/** What lookbacks are tried in place of one that is too short. */
const LOOKBACK_STEP = 50;
/** A difference from longer history beyond this is told. */
const TOLERANCE = 0.0015;
/** A lookback is advised at which no more than this is left, */
const ENOUGH = 0.0001;
/** the longest one also when no more than this share of the difference is left. */
const SHARE_LEFT = 0.25;
/** Candles of the finest timeframe after the moment of a check, in a market that goes on. */
const CANDLES_AFTER = 30;
/** Checks that follow one another. */
const STEPS = 3;

type Answers = ReadonlyMap<string, Seen>;

/** A call that depends on the length of its columns. */
interface Sensitive {
  readonly timeframe: Timeframe;
  /** Relative, from what it would be with long history. */
  readonly difference: number;
  wanted: number | null;
}

/** Runs a filter that tells what it sees, see `instrument`. */
export class Prober {
  readonly #sandbox: FilterSandbox;
  readonly #lab: Laboratory;
  readonly #instrumented: Instrumented;
  #traders = 0;
  #shown: readonly SymbolHistory[] = [];

  constructor(sandbox: FilterSandbox, lab: Laboratory, instrumented: Instrumented) {
    this.#sandbox = sandbox;
    this.#lab = lab;
    this.#instrumented = instrumented;
  }

  /** Whether later candles, the order of symbols, a fresh start or earlier checks change an answer. */
  async purity(): Promise<Finding[]> {
    const { latest, stepMs, finestMs, meta, symbols } = this.#lab;
    this.#show(latest, latest);
    const cut = await this.#ask(await this.#load(meta.lookback), latest);
    this.#show(latest, latest + CANDLES_AFTER * finestMs);
    const ahead = differing(cut, await this.#ask(await this.#load(meta.lookback), latest));
    if (ahead !== null) return [lookAhead(ahead)];

    const [forward, backward] = [await this.#load(meta.lookback), await this.#load(meta.lookback)];
    let now = latest;
    for (let step = 0; step < STEPS; step += 1) {
      now = latest + step * stepMs;
      this.#show(now, now);
      const mixed = differing(await this.#ask(forward, now), await this.#ask(backward, now, symbols.toReversed()));
      if (mixed !== null) return [impure(mixed, 'in another order of symbols')];
    }
    const fresh = differing(await this.#ask(forward, now), await this.#ask(await this.#load(meta.lookback), now));
    if (fresh !== null) return [impure(fresh, 'after a fresh start')];
    const again = differing(await this.#ask(forward, now), await this.#ask(forward, now));
    return again === null ? [] : [impure(again, 'when it is asked twice')];
  }

  /** Indicators that would be others with longer history: they need a longer lookback. */
  async sensitivity(): Promise<Finding[]> {
    const { meta } = this.#lab;
    const found = new Map<string, Sensitive>();
    for (const timeframe of meta.timeframes) {
      for (const [call, difference] of await this.#differences(meta.lookback, timeframe)) {
        if (difference > Math.max(TOLERANCE, found.get(call)?.difference ?? 0)) {
          found.set(call, { timeframe, difference, wanted: null });
        }
      }
    }
    await this.#findLookbacks(found);
    return [...found].map(([call, sensitive]) => {
      const { text, line, column } = this.#instrumented.calls[Number(call)]!;
      const message = `${text} with lookback ${meta.lookback} ${shortcoming(sensitive)}`;
      return { line, column, code: 'lookback', message, fix: remedy(sensitive) };
    });
  }

  /** Notes for each call the shortest lookback that is enough; none where even the longest is not. */
  async #findLookbacks(found: ReadonlyMap<string, Sensitive>): Promise<void> {
    const first = (Math.floor(this.#lab.meta.lookback / LOOKBACK_STEP) + 1) * LOOKBACK_STEP;
    const open = new Set(found);
    for (let tried = first; tried <= LONGEST_LOOKBACK && open.size > 0; tried += LOOKBACK_STEP) {
      for (const timeframe of new Set([...open].map(([, each]) => each.timeframe))) {
        const differences = await this.#differences(tried, timeframe);
        for (const entry of open) {
          const [call, sensitive] = entry;
          if (sensitive.timeframe !== timeframe || !isEnough(differences.get(call) ?? 0, tried, sensitive)) continue;
          sensitive.wanted = tried;
          open.delete(entry);
        }
      }
    }
  }

  /** How far each call is from what it is with the longest columns there can be, where its own are shortest. */
  async #differences(lookback: number, timeframe: Timeframe): Promise<Map<string, number>> {
    const differences = new Map<string, number>();
    const short = await this.#load(lookback);
    for (const now of this.#lab.shortest(timeframe, lookback)) {
      this.#show(now, now);
      const long = await this.#load(this.#lab.longest(timeframe, now));
      const truth = await this.#ask(long, now);
      this.#sandbox.unload(long);
      for (const [symbol, { seen }] of await this.#ask(short, now)) {
        for (const [call, figures] of Object.entries(seen)) {
          const others = truth.get(symbol)?.seen[call] ?? [];
          const far = figures.map((figure, at) => relativeDifference(figure, others[at]));
          differences.set(call, Math.max(differences.get(call) ?? 0, ...far));
        }
      }
    }
    this.#sandbox.unload(short);
    return differences;
  }

  /** Hands candles over as they are at `now`, and those until `until` with them. */
  #show(now: number, until: number): void {
    this.#shown = this.#lab.histories(now, { until });
    handOver(this.#sandbox, this.#shown);
  }

  async #load(lookback: number): Promise<TraderId> {
    this.#traders += 1;
    const trader = asId<TraderId>(`probe-${this.#traders}`);
    const loaded = await this.#sandbox.load(trader, this.#instrumented.source(lookback), {});
    if (!loaded.ok) throw new Error(`an instrumented filter does not load: ${loaded.fault.message}`);
    return trader;
  }

  async #ask(traderId: TraderId, now: number, symbols: readonly VenueSymbol[] = this.#lab.symbols): Promise<Answers> {
    const view = viewAt(now, this.#shown, this.#lab.meta);
    const outcome = await this.#sandbox.check({ traderId, kind: 'check', now, symbols, positions: new Map(), view });
    // The trial ran the filter itself without a fault; what the probes add to it may still break a limit.
    if (!outcome.ok) return new Map();
    return new Map(outcome.matches.map(({ symbol, metadata }) => [symbol, JSON.parse(metadata) as Seen]));
  }
}

function relativeDifference(
  [value, size]: readonly [number | null, number | null],
  other: readonly [number | null, number | null] | undefined,
): number {
  if (other === undefined || other[0] === null) return 0;
  if (value === null) return Infinity;
  const scale = Math.max(size ?? 0, other[1] ?? 0);
  return scale === 0 ? 0 : Math.abs(value - other[0]) / scale;
}

function isEnough(left: number, lookback: number, { difference }: Sensitive): boolean {
  if (lookback < LONGEST_LOOKBACK) return left <= ENOUGH;
  // A column without a value is helped by any.
  return left <= TOLERANCE || left <= SHARE_LEFT * Math.min(difference, Number.MAX_VALUE);
}

function shortcoming({ difference }: Sensitive): string {
  return difference === Infinity ? 'has no value yet' : `differs up to ${percent(difference)} from long history`;
}

function remedy({ difference, wanted }: Sensitive): string {
  if (wanted !== null) return `Set meta.lookback to ${wanted}, or use a shorter period.`;
  if (difference === Infinity) return `Use a shorter period: lookback ${LONGEST_LOOKBACK} is the longest.`;
  return `It depends on where its columns begin, with lookback ${LONGEST_LOOKBACK} too: use a shorter period, or its changes.`;
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(2))} %`;
}

/** A symbol about which two runs say different things. */
function differing(a: Answers, b: Answers): string | null {
  for (const symbol of new Set([...a.keys(), ...b.keys()])) {
    if (JSON.stringify(a.get(symbol)) !== JSON.stringify(b.get(symbol))) return symbol;
  }
  return null;
}

function impure(symbol: string, when: string): Finding {
  return {
    ...{ line: null, column: null, code: 'impure' },
    message: `the answer for ${symbol} is another one ${when}, from the same candles`,
    fix: 'Keep nothing between calls: no variable outside the functions may change.',
  };
}

function lookAhead(symbol: string): Finding {
  return {
    ...{ line: null, column: null, code: 'look-ahead' },
    message: `the answer for ${symbol} is another one when later candles are there`,
    fix: 'Decide by values that never change later: closed candles up to the check, confirmed swings.',
  };
}
