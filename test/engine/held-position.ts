import { decimal } from '../../src/domain/decimal.ts';
import { parseLevel } from '../../src/domain/levels.ts';
import type { Position } from '../../src/domain/position/position.ts';
import type { VenueOrder } from '../../src/testkit/scripted-broker-terms.ts';
import { ScriptedWorld } from './scripted-world.ts';
import type { WorldOptions } from './scripted-world.ts';

export const A = 'AUSDT';

/** A world with a position of one unit of A, entered at 100. */
export async function withPosition(
  options: WorldOptions = {},
  side: 'long' | 'short' = 'long',
): Promise<ScriptedWorld> {
  const world = await ScriptedWorld.open(options);
  await world.signal(A, side, { stop: '5%' });
  return world;
}

export function held(world: ScriptedWorld): Position {
  const position = world.position(A);
  if (position === undefined) throw new Error('there is no position');
  return position;
}

export function stopOf(world: ScriptedWorld): VenueOrder {
  const [stop] = world.broker.working('stop');
  if (stop === undefined) throw new Error('no stop rests at the venue');
  return stop;
}

export const trigger = ({ intent: { terms } }: VenueOrder): string =>
  'triggerPrice' in terms ? terms.triggerPrice.toFixed() : 'none';

export const tighten = (world: ScriptedWorld, to: string) =>
  world.execute({ type: 'change_protection', positionId: held(world).id, change: { stopLoss: parseLevel(to) } });

export const closeAll = (world: ScriptedWorld) =>
  world.execute({ type: 'close_position', positionId: held(world).id, fraction: decimal('1') });
