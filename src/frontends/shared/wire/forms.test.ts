import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';

import { arbitraryPosition, arbitraryTrade } from '../../../testkit/builders/arbitrary-holdings.ts';
import { arbitraryOrder } from '../../../testkit/builders/arbitrary-orders.ts';
import { arbitraryJournalEntry } from '../../../testkit/builders/arbitrary-records.ts';
import { arbitraryFilter, arbitrarySignal, arbitraryTrader } from '../../../testkit/builders/arbitrary-signals.ts';
import { marketRow } from '../../../testkit/scripted-engine.ts';
import { filterSourceJson } from '../json/filter-json.ts';
import { tickerJson } from '../json/market-json.ts';
import { orderJson } from '../json/order-json.ts';
import { positionJson } from '../json/position-json.ts';
import { signalJson } from '../json/signal-json.ts';
import { journalEntryJson, tradeJson } from '../json/trade-json.ts';
import { traderJson } from '../json/trader-json.ts';
import {
  filterSourceForm,
  journalForm,
  orderForm,
  positionForm,
  signalForm,
  tickerForm,
  tradeForm,
  traderForm,
} from './forms.ts';

const NO_NAMES = new Map<never, string>();

/** Every value of the arbitrary has this form, on this side of the wire and on the other. */
function holds<Entity>(arbitrary: fc.Arbitrary<Entity>, json: (entity: Entity) => unknown, form: z.ZodType): void {
  fc.assert(
    fc.property(arbitrary, (entity) => {
      const sent = JSON.parse(JSON.stringify(json(entity))) as unknown;
      expect(form.safeParse(sent).error?.issues ?? []).toEqual([]);
    }),
    { numRuns: 60 },
  );
}

describe('the forms of the API describe what is sent', () => {
  it('of every entity', () => {
    holds(arbitrarySignal, (signal) => signalJson(signal, NO_NAMES), signalForm);
    holds(arbitraryOrder, (order) => orderJson(order, NO_NAMES), orderForm);
    holds(arbitraryTrade, (trade) => tradeJson(trade, NO_NAMES), tradeForm);
    holds(arbitraryJournalEntry, journalEntryJson, journalForm);
    holds(arbitraryFilter, filterSourceJson, filterSourceForm);
    const facts = { filter: null, funnel: null, nextCheckAt: null };
    holds(arbitraryTrader, (trader) => traderJson(trader, facts), traderForm);
  });

  it('of positions and markets, whatever the prices', () => {
    holds(
      fc.tuple(arbitraryPosition, fc.double()),
      ([position, last]) => positionJson(position, NO_NAMES, marketRow(position.symbol, last)),
      positionForm,
    );
    holds(fc.double(), (last) => tickerJson(marketRow('BTCUSDT', last)), tickerForm);
  });
});
