import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decimal, decimal, money, notional, price, quantity } from '../../domain/decimal.ts';
import type { Money } from '../../domain/decimal.ts';
import { AitraderError } from '../../domain/errors.ts';
import { asId } from '../../domain/ids.ts';
import type { PortfolioId, PositionId, TraderId, VenueSymbol } from '../../domain/ids.ts';
import { parseLevel } from '../../domain/levels.ts';
import { markRiskApproved } from '../../domain/risk-approval.ts';
import { err, ok } from '../../lib/result.ts';
import { exchangeRules, instrument } from '../../testkit/builders/instruments.ts';
import type { EntryCandidate, EntryFacts, EntryPolicy, EntryProposal, Holding, SizingRule } from './candidate.ts';
import { decideEntry } from './chain.ts';
import type { ApproveEntry, EntryDecision } from './chain.ts';

const BTC = asId<VenueSymbol>('BTCUSDT');
const TRADER = asId<TraderId>('trader');

const quoteSize = (amount: string): SizingRule => ({ kind: 'quote', amount: money(amount) });

const PROPOSAL: EntryProposal = {
  market: 'futures',
  symbol: BTC,
  userId: asId('user'),
  accountId: asId('account'),
  traderId: TRADER,
  portfolioId: null,
  signalId: asId('signal'),
  agentId: null,
  side: 'long',
  limitPrice: null,
  size: quoteSize('1000'),
  exits: { stopLoss: parseLevel('2%'), takeProfit: [], trailing: null, breakEven: null, maxHoldMs: null },
  reverse: false,
  maxPositions: null,
  reason: 'a test wants it',
};

const FACTS: EntryFacts = {
  now: 1_700_000_000_000,
  orderId: asId('0order000000000000000001'),
  instrument: instrument({ market: 'futures' }),
  quote: { last: 100, bid: 99.99, ask: 100.01, time: 1_700_000_000_000 },
  atr: 1.5,
  holdings: [],
  account: { equity: money('10000'), freeCash: money('10000') },
  portfolio: null,
  leverage: 1,
  feeBps: decimal('10'),
  workingOrders: 0,
  workingAlgoOrders: 0,
};

const POLICY: EntryPolicy = {
  limits: { maxOpenPositions: 20, maxExposurePct: null, maxPositionPct: null },
  maxPriceAgeMs: 5_000,
  maxSpreadBps: 50,
  defaultStop: parseLevel('2atr'),
  memeSymbols: new Set(),
};

interface Fields {
  readonly proposal?: Partial<EntryProposal>;
  readonly facts?: Partial<EntryFacts>;
  readonly policy?: Partial<EntryPolicy>;
}

function candidateOf({ proposal = {}, facts = {}, policy = {} }: Fields): EntryCandidate {
  return {
    proposal: { ...PROPOSAL, ...proposal },
    facts: { ...FACTS, ...facts },
    policy: { ...POLICY, ...policy },
  };
}

const APPROVE_ALL: ApproveEntry = (intent) => ok(markRiskApproved(intent));

function decide(fields: Fields, approve: ApproveEntry = APPROVE_ALL): EntryDecision {
  return decideEntry(candidateOf(fields), approve);
}

/** What came out, in a word: the code of a refusal, or the kind. */
function verdict(fields: Fields): string {
  const decision = decide(fields);
  return decision.kind === 'refused' ? decision.refusal.code : decision.kind;
}

function entered(fields: Fields) {
  const decision = decide(fields);
  if (decision.kind !== 'enter') throw new Error(`expected an entry, got ${verdict(fields)}`);
  return decision.entry;
}

function holding(fields: Partial<Holding> = {}): Holding {
  return {
    market: 'futures',
    symbol: BTC,
    positionId: asId<PositionId>('position'),
    traderId: TRADER,
    portfolioId: null,
    side: 'long',
    notional: money('500'),
    ...fields,
  };
}

const ETH = { symbol: asId<VenueSymbol>('ETHUSDT') };
const OTHER = { traderId: asId<TraderId>('other') };

describe('the execution chain', () => {
  it('lets a sound proposal pass as an order with its protection', () => {
    const { intent, reference, levels } = entered({
      proposal: {
        exits: { ...PROPOSAL.exits, takeProfit: [{ at: parseLevel('1.5r'), part: null }], maxHoldMs: 60_000 },
      },
    });
    expect(intent).toMatchObject({ side: 'buy', leg: 'entry', reduceOnly: false, terms: { type: 'market' } });
    expect(intent.quantity.toFixed()).toBe('10');
    expect(reference.toFixed()).toBe('100');
    expect(levels.stopPrice.toFixed()).toBe('98');
    expect(levels.plan.targets.map((target) => target.price.toFixed())).toEqual(['103']);
    expect(levels.plan).toMatchObject({ closeAt: FACTS.now + 60_000, stopIsDefault: false });
  });

  it.each([
    ['ignores the same side', { side: 'long' }, {}, 'POSITION_EXISTS'],
    ['ignores the same side while its entry is on the way', { positionId: null }, {}, 'POSITION_EXISTS'],
    ['closes the opposite side', { side: 'short' }, {}, 'close'],
    ['waits while an opposite entry is on its way', { side: 'short', positionId: null }, {}, 'SYMBOL_TAKEN'],
    ["refuses another trader's symbol", OTHER, {}, 'SYMBOL_TAKEN'],
    ["refuses another trader's symbol on the other side", { ...OTHER, side: 'short' }, {}, 'SYMBOL_TAKEN'],
    ['refuses a symbol held by hand', { traderId: null }, { traderId: null }, 'SYMBOL_TAKEN'],
    ['minds no other symbol', ETH, {}, 'enter'],
    ['minds no other market', { market: 'spot' }, {}, 'enter'],
  ] as const)('%s', (...[, held, proposal, expected]) => {
    expect(verdict({ proposal, facts: { holdings: [holding(held)] } })).toBe(expected);
  });

  it('reverses only for traders that do', () => {
    const facts = { holdings: [holding({ side: 'short' })] };
    for (const reverse of [false, true]) {
      expect(decide({ proposal: { reverse }, facts })).toEqual({
        kind: 'close',
        positionId: 'position',
        thenEnter: reverse,
      });
    }
  });

  it('closes with a short on spot the long of this trader, and nothing else', () => {
    const proposal = { market: 'spot', side: 'short', reverse: true } as const;
    const spot = (held: Partial<Holding>) => ({
      facts: { holdings: [holding({ market: 'spot', ...held })] },
      proposal,
    });
    expect(decide(spot({}))).toEqual({ kind: 'close', positionId: 'position', thenEnter: false });
    expect(verdict(spot(OTHER))).toBe('SHORT_ON_SPOT');
    expect(verdict({ proposal })).toBe('SHORT_ON_SPOT');
  });

  it.each([
    ['a NaN price', { last: NaN }, 'PRICE_UNUSABLE'],
    ['a price of zero', { bid: 0 }, 'PRICE_UNUSABLE'],
    ['a crossed book', { bid: 100.02 }, 'PRICE_UNUSABLE'],
    ['an old price', { time: FACTS.now - 5_001 }, 'PRICE_STALE'],
    ['a price of no time', { time: NaN }, 'PRICE_STALE'],
    ['a price just fresh enough', { time: FACTS.now - 5_000 }, 'enter'],
    ['a wide spread', { bid: 99.4 }, 'SPREAD_TOO_WIDE'],
  ])('judges %s', (_, quote, expected) => {
    expect(verdict({ facts: { quote: { ...FACTS.quote, ...quote } } })).toBe(expected);
  });

  it.each([
    ['all positions', { maxOpenPositions: 1 }, {}, 'POSITION_LIMIT'],
    ["the trader's positions", {}, { maxPositions: 1 }, 'TRADER_POSITION_LIMIT'],
    ['all exposure', { maxExposurePct: decimal('14') }, {}, 'EXPOSURE_LIMIT'],
    ['all exposure, exactly used up', { maxExposurePct: decimal('15') }, {}, 'enter'],
    ['exposure in a symbol', { maxPositionPct: decimal('9') }, {}, 'POSITION_TOO_LARGE'],
  ])('holds the limit of %s', (...[, limits, proposal, expected]) => {
    const facts = { holdings: [holding(ETH)] };
    expect(verdict({ proposal, facts, policy: { limits: { ...POLICY.limits, ...limits } } })).toBe(expected);
  });

  it("holds a portfolio to its own equity, and spends no more than the portfolio's cash", () => {
    const portfolioId = asId<PortfolioId>('portfolio');
    const portfolio = { equity: money('2000'), freeCash: money('700') };
    const facts = { portfolio, holdings: [holding({ ...ETH, portfolioId })] };
    const policy = { limits: { ...POLICY.limits, maxExposurePct: decimal('50') } };
    expect(verdict({ proposal: { portfolioId }, facts, policy })).toBe('PORTFOLIO_EXPOSURE_LIMIT');
    expect(entered({ proposal: { portfolioId }, facts }).intent.quantity.toFixed()).toBe('6.993');
  });

  it.each([
    ['2', 'long', 'STOP_TOO_FAR', "write '2%'"],
    ['2', 'short', 'STOP_WRONG_SIDE', "write '2%'"],
    ['101', 'long', 'STOP_WRONG_SIDE', 'below the entry'],
    ['99', 'short', 'STOP_WRONG_SIDE', 'above it'],
    ['51%', 'long', 'STOP_TOO_FAR', 'at most 50 %'],
    ['150%', 'long', 'STOP_TOO_FAR', 'at most 50 %'],
    ['160', 'short', 'STOP_TOO_FAR', "write '160%'"],
    ['1r', 'long', 'LEVEL_UNSUITABLE', 'distance'],
  ] as const)('refuses a stop of %s for a %s with the likely cause', (...[stop, side, code, hint]) => {
    const decision = decide({ proposal: { side, exits: { ...PROPOSAL.exits, stopLoss: parseLevel(stop) } } });
    expect(decision.kind === 'refused' && decision.refusal.code).toBe(code);
    expect(decision.kind === 'refused' && decision.refusal.hint).toContain(hint);
  });

  it.each([
    ['takeProfit', '99', 'TARGET_WRONG_SIDE'],
    ['takeProfit', '1001', 'TARGET_ABSURD'],
    ['takeProfit', '1000', 'enter'],
    ['breakEven', '100', 'TARGET_WRONG_SIDE'],
    ['trailing', '100', 'LEVEL_UNSUITABLE'],
    ['trailing', '100%', 'LEVEL_UNSUITABLE'],
  ])('judges %s at %s', (field, at, expected) => {
    const level = parseLevel(at);
    const part = field === 'takeProfit' ? { takeProfit: [{ at: level, part: null }] } : { [field]: level };
    expect(verdict({ proposal: { exits: { ...PROPOSAL.exits, ...part } } })).toBe(expected);
  });

  it('refuses parts of targets that are more than the position, or leave nothing for the others', () => {
    const withParts = (...parts: readonly (string | null)[]) => {
      const takeProfit = parts.map((part, index) => ({
        at: parseLevel(`${index + 1}%`),
        part: part === null ? null : decimal(part),
      }));
      return verdict({ proposal: { exits: { ...PROPOSAL.exits, takeProfit } } });
    };
    expect(withParts('0.5', '0.6')).toBe('TARGET_PARTS_INVALID');
    expect(withParts('1', null)).toBe('TARGET_PARTS_INVALID');
    expect(withParts('0')).toBe('TARGET_PARTS_INVALID');
    expect(withParts('0.5', '0.5')).toBe('enter');
    expect(withParts('0.5', null, null)).toBe('enter');
  });

  it('gives a proposal without a stop the default, marks it so, and needs the ATR for it', () => {
    const proposal = { exits: { ...PROPOSAL.exits, stopLoss: null } };
    const { levels } = entered({ proposal });
    expect([levels.stopPrice.toFixed(), levels.plan.stopIsDefault]).toEqual(['97', true]);
    expect(verdict({ proposal, facts: { atr: NaN } })).toBe('ATR_UNKNOWN');
  });

  it('trails by 0.5 % without a distance, and by 17.5 % for meme coins', () => {
    const proposal = { exits: { ...PROPOSAL.exits, trailing: 'default' as const } };
    expect(entered({ proposal }).levels.plan.trailing).toEqual(parseLevel('0.5%'));
    const policy = { memeSymbols: new Set([BTC]) };
    expect(entered({ proposal, policy }).levels.plan.trailing).toEqual(parseLevel('17.5%'));
  });

  it('asks the risk engine last, with what the entry is worth and guarded by', () => {
    const refusal = new AitraderError('OPENING_PAUSED', { reason: 'enough', remedy: 'wait' });
    const asked: unknown[] = [];
    const decision = decide({}, (intent, prices) => {
      asked.push([intent.quantity.toFixed(), prices.entryPrice.toFixed(), prices.stopPrice.toFixed()]);
      return err(refusal);
    });
    expect(decision).toEqual({ kind: 'refused', refusal });
    expect(asked).toEqual([['10', '100', '98']]);
    decide({ proposal: { size: quoteSize('1') } }, () => {
      throw new Error('what breaks an exchange rule is nothing for the risk engine');
    });
  });

  it('values and sizes a limit order by its limit', () => {
    const { intent, levels } = entered({ proposal: { limitPrice: price('80') } });
    expect(intent.terms).toEqual({ type: 'limit', price: price('80'), timeInForce: 'GTC', postOnly: false });
    expect([intent.quantity.toFixed(), levels.stopPrice.toFixed()]).toEqual(['12.5', '78.4']);
    expect(verdict({ proposal: { limitPrice: price('80.001') } })).toBe('PRICE_OFF_TICK');
  });
});

describe('the size of an entry', () => {
  const sized = (size: SizingRule, facts: Partial<EntryFacts> = {}): string => {
    const decision = decide({ proposal: { size }, facts });
    return decision.kind === 'enter'
      ? decision.entry.intent.quantity.toFixed()
      : verdict({ proposal: { size }, facts });
  };
  const kelly = (winRate: string, payoff: string): SizingRule => ({
    kind: 'kelly',
    winRate: decimal(winRate),
    payoff: decimal(payoff),
    fraction: decimal('0.5'),
    maxPercent: decimal('20'),
  });

  it.each<[string, SizingRule, string]>([
    ['an amount', quoteSize('333.333'), '3.33333'],
    ['a percentage of equity', { kind: 'pct', percent: decimal('5') }, '5'],
    ['a loss at the stop', { kind: 'risk_pct', percent: decimal('1') }, '50'],
    ['half of Kelly', kelly('0.5', '1.5'), '8.33333'],
    ['Kelly up to its cap', kelly('0.9', '3'), '20'],
    ['no edge', kelly('0.5', '1'), 'KELLY_NO_EDGE'],
    ['nothing', quoteSize('0'), 'SIZE_INVALID'],
    ['less than nothing', { kind: 'pct', percent: decimal('-1') }, 'SIZE_INVALID'],
    ['too little for the exchange', quoteSize('4.99'), 'NOTIONAL_OUT_OF_RANGE'],
    ['less than a step', quoteSize('0.0001'), 'QUANTITY_OUT_OF_RANGE'],
  ])('is computed from %s', (_, size, expected) => {
    expect(sized(size)).toBe(expected);
  });

  it('is cut to what free cash and leverage pay, entry fee included', () => {
    const account = { equity: money('10000'), freeCash: money('500.5') };
    expect(sized(quoteSize('1000'), { account })).toBe('5');
    expect(sized(quoteSize('1000'), { account, leverage: 2 })).toBe('10');
    expect(sized(quoteSize('1000'), { account: { ...account, freeCash: money('-3') } })).toBe('CAPITAL_INSUFFICIENT');
  });

  const cents = (max: number) => fc.integer({ min: 1, max }).map((value) => new Decimal(value).dividedBy(100));
  const arbitrarySize = fc.oneof(
    cents(1_000_000).map((amount): SizingRule => ({ kind: 'quote', amount: amount as Money })),
    cents(15_000).map((percent): SizingRule => ({ kind: 'pct', percent })),
    cents(1_000).map((percent): SizingRule => ({ kind: 'risk_pct', percent })),
  );
  const arbitraryCandidate = fc
    .record({
      size: arbitrarySize,
      last: fc.integer({ min: 2_000, max: 900_000 }),
      stopBps: fc.integer({ min: 1, max: 4_900 }),
      side: fc.constantFrom('long' as const, 'short' as const),
      step: fc.constantFrom('0.00001', '0.001', '0.03', '1'),
      marketStep: fc.constantFrom(null, '0.1'),
      equity: cents(3_000_000),
      cashPct: fc.integer({ min: 0, max: 100 }),
      leverage: fc.integer({ min: 1, max: 20 }),
      feeBps: fc.integer({ min: 0, max: 60 }),
      held: fc.array(cents(200_000), { maxLength: 4 }),
      exposurePct: fc.integer({ min: 20, max: 400 }),
      positionPct: fc.integer({ min: 5, max: 300 }),
      maxOpenPositions: fc.integer({ min: 2, max: 6 }),
    })
    .map((drawn) => {
      const equity = drawn.equity as Money;
      const rules = exchangeRules({
        step: quantity(drawn.step),
        marketStep: drawn.marketStep === null ? null : quantity(drawn.marketStep),
      });
      const last = drawn.last / 100;
      return candidateOf({
        proposal: {
          size: drawn.size,
          side: drawn.side,
          exits: { ...PROPOSAL.exits, stopLoss: parseLevel(`${drawn.stopBps / 100}%`) },
        },
        facts: {
          instrument: instrument({ market: 'futures', rules }),
          quote: { last, bid: last, ask: last, time: FACTS.now },
          account: { equity, freeCash: equity.times(drawn.cashPct).dividedBy(100) as Money },
          leverage: drawn.leverage,
          feeBps: new Decimal(drawn.feeBps),
          holdings: drawn.held.map((worth, index) =>
            holding({ symbol: asId<VenueSymbol>(`S${index}`), notional: worth as Money }),
          ),
        },
        policy: {
          limits: {
            maxOpenPositions: drawn.maxOpenPositions,
            maxExposurePct: new Decimal(drawn.exposurePct),
            maxPositionPct: new Decimal(drawn.positionPct),
          },
        },
      });
    });

  /** Every drawn candidate that passes, with its order. */
  function forEveryEntry(check: (candidate: EntryCandidate, worth: Money, size: Decimal) => void): void {
    let passed = 0;
    fc.assert(
      fc.property(arbitraryCandidate, (candidate) => {
        const decision = decideEntry(candidate, APPROVE_ALL);
        if (decision.kind !== 'enter') return;
        passed += 1;
        const { intent, reference } = decision.entry;
        check(candidate, notional(reference, intent.quantity), intent.quantity);
      }),
      { numRuns: 1_000 },
    );
    expect(passed).toBeGreaterThan(100);
  }

  it('never costs more than free cash times leverage, entry fee included', () => {
    forEveryEntry(({ facts }, worth) => {
      const cost = worth.plus(worth.times(facts.feeBps).dividedBy(10_000));
      expect(cost.lte(facts.account.freeCash.times(facts.leverage))).toBe(true);
    });
  });

  it('is on every step, above zero, and never more than asked for', () => {
    forEveryEntry(({ facts, proposal }, worth, size) => {
      const { step, marketStep } = facts.instrument.rules;
      expect(size.greaterThan(0)).toBe(true);
      expect(size.modulo(marketStep ?? step).isZero()).toBe(true);
      if (proposal.size.kind === 'quote') expect(worth.lte(proposal.size.amount)).toBe(true);
    });
  });

  it('never breaks a limit of count or exposure', () => {
    forEveryEntry(({ facts, policy }, worth) => {
      const { maxExposurePct, maxPositionPct, maxOpenPositions } = policy.limits;
      const share = (percent: Decimal | null) => facts.account.equity.times(percent ?? 0).dividedBy(100);
      const held = facts.holdings.reduce((sum, each) => sum.plus(each.notional), new Decimal(0));
      expect(held.plus(worth).lte(share(maxExposurePct))).toBe(true);
      expect(worth.lte(share(maxPositionPct))).toBe(true);
      expect(facts.holdings.length).toBeLessThan(maxOpenPositions);
    });
  });

  it('loses at the stop no more than the percentage that was to be risked', () => {
    forEveryEntry((candidate, _, size) => {
      const { size: rule } = candidate.proposal;
      if (rule.kind !== 'risk_pct') return;
      const decision = decideEntry(candidate, APPROVE_ALL);
      if (decision.kind !== 'enter') throw new Error('the same candidate was let pass before');
      const loss = size.times(decision.entry.levels.risk);
      expect(loss.lte(candidate.facts.account.equity.times(rule.percent).dividedBy(100))).toBe(true);
    });
  });
});
