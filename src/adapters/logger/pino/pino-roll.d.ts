// The package ships no types of its own. https://github.com/mcollina/pino-roll
declare module 'pino-roll' {
  import type { EventEmitter } from 'node:events';

  /** A SonicBoom stream: emits `ready`, `drain` and `close`, and `error` for a write that failed. */
  interface RollingStream extends EventEmitter {
    readonly fd: number;
    write(text: string): boolean;
    end(): void;
  }

  interface RollingOptions {
    readonly file: string;
    readonly size: string;
    /** Keeps so many files, those of earlier runs included. */
    readonly limit: { readonly count: number; readonly removeOtherLogFiles: boolean };
    readonly symlink: boolean;
    readonly mode: number;
  }

  function pinoRoll(options: RollingOptions): Promise<RollingStream>;
  export = pinoRoll;
}
