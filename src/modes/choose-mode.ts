import { AitraderError } from '../domain/errors.ts';

export type Mode = 'local' | 'daemon' | 'deploy' | 'monitor';

/** The mode of this run and what decided it: the first line of the log. */
export interface ChosenMode {
  readonly mode: Mode;
  readonly why: string;
}

/** What a mode can be read off. `flyAppName` is the app that Fly.io runs this machine for. */
export interface ModeFacts {
  readonly daemon?: true;
  readonly deploy?: true;
  readonly monitor?: string;
  readonly flyAppName: string | null;
}

/**
 * A flag wins; without one, a machine of Fly.io runs the daemon, and any other the local mode.
 * @throws AitraderError `USAGE` when flags name several modes
 */
export function chooseMode(facts: ModeFacts): ChosenMode {
  const flags = (['daemon', 'deploy', 'monitor'] as const).filter((mode) => facts[mode] !== undefined);
  const [mode, other] = flags;
  if (mode !== undefined && other !== undefined) {
    throw new AitraderError('USAGE', {
      problem: `--${mode} and --${other} are two modes`,
      hint: 'Start the program once for each.',
    });
  }
  if (mode !== undefined) return { mode, why: `--${mode}` };
  if (facts.flyAppName !== null) return { mode: 'daemon', why: `FLY_APP_NAME=${facts.flyAppName}` };
  return { mode: 'local', why: 'default' };
}
