import { AitraderError } from '../../../domain/errors.ts';
import { err } from '../../../lib/result.ts';
import type { EngineHandle } from '../../../ports/engine-handle.ts';
import type { World } from '../world.ts';
import { momentText } from './tape-news.ts';

/** The engine as people reach it: in a world that has played out, where no order would ever be answered, it takes no commands. */
export function reachableEngine(
  engine: EngineHandle,
  { hasPlayedOut, clock }: Pick<World, 'hasPlayedOut' | 'clock'>,
): EngineHandle {
  if (hasPlayedOut === undefined) return engine;
  const execute: EngineHandle['execute'] = async (command, by) => {
    if (hasPlayedOut()) return err(new AitraderError('TAPE_ENDED', { at: momentText(clock.now()) }));
    return engine.execute(command, by);
  };
  const get = (target: EngineHandle, name: string | symbol): unknown => {
    if (name === 'execute') return execute;
    const member: unknown = Reflect.get(target, name, target);
    return typeof member === 'function' ? (member as (...args: unknown[]) => unknown).bind(target) : member;
  };
  return new Proxy(engine, { get });
}
