import { AitraderError } from '../../domain/errors.ts';
import type { Speed } from '../../sim/data/driver.ts';
import type { SimulationOptions } from './sim-world.ts';

const DEFAULT_SPEED = '60';
const DEFAULT_SYMBOLS = 20;

/** The texts of the command line that a simulation is described by. */
export interface SimulationTexts {
  readonly speed?: string;
  readonly seed?: string;
  readonly tape?: readonly string[];
  readonly symbols?: string;
  /** Milliseconds. */
  readonly for?: number;
}

/**
 * What the command line says of a simulation. At full speed `--for` counts simulated time, otherwise the wall's.
 * @throws AitraderError `USAGE`
 */
export function simulationOptions(texts: SimulationTexts): SimulationOptions {
  const speed = readSpeed(texts.speed ?? DEFAULT_SPEED);
  const { seed = '1', tape = [], symbols = String(DEFAULT_SYMBOLS) } = texts;
  if (!/^\d{1,15}$/.test(seed)) throw usage(`--seed ${seed}`, 'Give a whole number from 0 on.');
  if (tape.length > 0 && texts.symbols !== undefined) {
    throw usage('--symbols beside --tape', 'A tape has the symbols that were recorded.');
  }
  const wanted = symbols.replace(/^top:/, '');
  return {
    speed,
    seed: Number(seed),
    tapes: tape,
    symbols: /^\d+$/.test(wanted) ? Number(wanted) : wanted.split(',').map((name) => name.trim()),
    endAfterMs: speed === 'max' ? (texts.for ?? null) : null,
  };
}

function readSpeed(text: string): Speed {
  if (text === 'max') return text;
  const speed = Number(text);
  if (Number.isFinite(speed) && speed > 0) return speed;
  throw usage(`--speed ${text}`, 'Give a factor above 0, such as 60, or max.');
}

function usage(problem: string, hint: string): AitraderError {
  return new AitraderError('USAGE', { problem, hint });
}
