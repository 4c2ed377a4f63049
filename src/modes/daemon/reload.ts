import { changesBetween } from '../../config/changes.ts';
import type { LoadedConfig } from '../../config/load.ts';
import type { VariableName } from '../../config/variables.ts';
import type { Logger } from '../../ports/logger.ts';
import { asAitraderErrors } from '../cli/report-failure.ts';

export interface ReloadParts {
  readonly logger: Logger;
  /** The configuration that the program was started with. */
  readonly loaded: LoadedConfig;
  /** Reads it again. Throws as at the start. */
  readonly read: () => LoadedConfig;
  /** Takes over what may change while the program runs. */
  readonly adopt: (loaded: LoadedConfig) => void;
  /** Hears of each setting that was taken over, before and after; secrets masked. */
  readonly changed: (name: VariableName, change: { readonly from: string; readonly to: string }) => void;
}

/**
 * Reads the configuration again when it is asked to: what may change while the program runs is taken over as a whole, the rest
 * is named as needing a restart; a configuration with faults changes nothing.
 * @returns reads it again; never throws
 */
export function createReload({ logger, loaded, read, adopt, changed }: ReloadParts): () => void {
  let before = loaded;
  return () => {
    try {
      const after = read();
      const { adjustable } = changesBetween(before, after);
      adopt(after);
      for (const name of adjustable) changed(name, { from: shownValue(before, name), to: shownValue(after, name) });
      for (const warning of after.warnings) logger.warn(warning);
      if (adjustable.length > 0) logger.info(`the configuration was read again; changed: ${adjustable.join(', ')}`);
      else logger.info('the configuration was read again; nothing has changed that can change while running');
      before = after;
      const { needRestart } = changesBetween(loaded, after);
      if (needRestart.length > 0) logger.warn(`changed too, but held until a restart: ${needRestart.join(', ')}`);
    } catch (failure) {
      for (const { code, message, hint } of asAitraderErrors(failure)) {
        logger.error(`the configuration was not read again: ${message}`, { code, hint });
      }
    }
  };
}

function shownValue({ settings }: LoadedConfig, name: VariableName): string {
  return settings.find((setting) => setting.name === name)?.value || 'not set';
}
