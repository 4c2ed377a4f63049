import { describe, expect, it } from 'vitest';

import { asId } from '../../../domain/ids.ts';
import { createFakeClock } from '../../../testkit/fake-clock.ts';
import { ScriptedEngine } from '../../../testkit/scripted-engine.ts';
import { reachableEngine } from './played-out.ts';

describe('the engine of a tape', () => {
  it('takes commands until the tape has ended, then refuses them with the reason and still shows everything', async () => {
    const clock = createFakeClock(Date.UTC(2018, 0, 30, 4, 55));
    const scripted = new ScriptedEngine(clock.now());
    let hasEnded = false;
    const engine = reachableEngine(scripted, { clock, hasPlayedOut: () => hasEnded });
    const pause = () => engine.execute({ type: 'pause_opening', reason: 'a test' }, asId('user'));
    expect(await pause()).toMatchObject({ ok: true });
    hasEnded = true;
    expect(await pause()).toMatchObject({
      ...{ ok: false, error: { code: 'TAPE_ENDED', context: { at: '2018-01-30 04:55' } } },
    });
    expect(scripted.commands).toHaveLength(1);
    expect(engine.status().money).toBe(scripted.status().money);
  });
});
