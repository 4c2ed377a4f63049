import type { FastifyInstance, FastifyReply } from 'fastify';

import { AitraderError } from '../../domain/errors.ts';
import type { MarketDriver } from '../data/driver.ts';
import { isRecord, parseJson } from './params.ts';

export interface ControlOptions {
  readonly driver: MarketDriver;
  readonly state: () => object;
  /** @throws AitraderError `USAGE` saying what is wrong with a script; @returns how many faults it holds */
  readonly addFaults: (script: unknown) => number;
}

/** The control interface of the simulated exchange: what no real venue has. */
export function addControlRoutes(app: FastifyInstance, { driver, state, addFaults }: ControlOptions): void {
  app.get('/sim/state', () => {
    driver.catchUp();
    return state();
  });
  app.post('/sim/faults', (request, reply) => {
    const script = parseJson(String(request.body));
    try {
      return { faults: addFaults(script) };
    } catch (failure) {
      if (failure instanceof AitraderError) return refuseControl(reply, failure.message);
      throw failure;
    }
  });
  app.post('/sim/clock', async (request, reply) => {
    const body = parseJson(String(request.body));
    const action = isRecord(body) ? body['action'] : undefined;
    const ms = isRecord(body) ? body['ms'] : undefined;
    if (action === 'pause') driver.pause();
    else if (action === 'resume') driver.resume();
    else if (action === 'advance' && typeof ms === 'number' && Number.isInteger(ms) && ms >= 0)
      await driver.advance(ms);
    else return refuseControl(reply, 'expected {"action": "pause" | "resume"} or {"action": "advance", "ms": 60000}');
    return { now: driver.now, paused: driver.isPaused };
  });
}

function refuseControl(reply: FastifyReply, message: string): FastifyReply {
  return reply.code(400).send({ error: { code: 'USAGE', message } });
}
