/** The options of the program itself, as commander gives them. */
export interface ProgramOptions {
  readonly daemon?: true;
  readonly deploy?: true;
  readonly monitor?: string;
  readonly sim?: true;
  readonly keep?: true;
  readonly paper?: true;
  readonly takeOver?: true;
  readonly tui: boolean;
  /** Of the simulated market: a factor of real time (default 60), or `max`. */
  readonly speed?: string;
  readonly seed?: string;
  readonly tape?: readonly string[];
  /** What is printed on stdout at the end. */
  readonly summary?: 'json';
  /** Wall time after which the program ends by itself. */
  readonly for?: number;
  readonly symbols?: string;
  readonly config?: string;
  readonly dataDir?: string;
  /** The launcher answers a lone --version; here it stands beside something else. */
  readonly version?: true;
}
