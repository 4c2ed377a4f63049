import { describe, expect, it } from 'vitest';

import { verbNamed } from '../../src/frontends/shared/verbs/catalogue.ts';
import type { CommandLine } from '../../src/frontends/tui/options.ts';
import { createCommandLine } from '../../src/modes/cli/command-line.ts';
import type { Store } from '../../src/ports/store/store.ts';
import { scriptedDesk } from '../control/scripted-desk.ts';
import { ESCAPE, runScreen } from './run-screen.ts';
import type { RunningScreen, ScreenTerms } from './run-screen.ts';
import { busyDesk, NOW, tripped } from './staged-desk.ts';

const ENTER = '\r';
const TAB = '\t';
const UP = `${ESCAPE}[A`;
const DOWN = `${ESCAPE}[B`;

/** None of the verbs here needs it. */
const noStore = {} as Store;

interface CommandScreen extends RunningScreen {
  /** Presses the keys and waits for what they set off. */
  readonly type: (...keys: readonly string[]) => Promise<void>;
}

/** The screen with the real command line over the scripted engine. */
async function withCommands(test: (screen: CommandScreen) => Promise<void>, terms: ScreenTerms = {}): Promise<void> {
  const { engine = busyDesk() } = terms;
  const desk = scriptedDesk({ dataDir: '~/.aitrader', store: noStore, engine: engine.scripted });
  let underway: Promise<unknown> = Promise.resolve();
  const watched = <Value>(work: Promise<Value>): Promise<Value> => {
    underway = work.catch(() => undefined);
    return work;
  };
  const commands = createCommandLine({
    dataDir: '~/.aitrader',
    now: () => NOW,
    ask: ({ verb, args }) => verbNamed(verb).call(args).run(desk),
    values: ({ name }) => Promise.resolve(name === 'trader' ? ['RSI turn', 'Breakout'] : []),
  });
  const tracked: CommandLine = {
    complete: (line) => watched(commands.complete(line)),
    read: (line) =>
      watched(commands.read(line).then((read) => ({ ...read, run: (width: number) => watched(read.run(width)) }))),
  };
  const screen = await runScreen({ ...terms, engine, options: { commands: tracked } });
  const type = async (...keys: readonly string[]): Promise<void> => {
    for (const key of keys) {
      await screen.press(key);
      for (let last = null; last !== underway;) {
        last = underway;
        await last;
        await screen.press('');
      }
    }
  };
  try {
    await test({ ...screen, type });
  } finally {
    await screen.tui.close();
  }
}

/** The rows above the keys, as one text. */
function below(screen: RunningScreen): string {
  return screen.terminal.screen().slice(-5).join(' ').replaceAll(/\s+/g, ' ').trim();
}

describe('the command line', () => {
  it('shows a long answer on a page, and a short one in a row', () =>
    withCommands(async (screen) => {
      await screen.type(':', 'status', ENTER);
      expect(screen.text()).toMatch(/─ status ─/);
      expect(screen.text()).toContain('1 running, 1 paused, 1 disabled');
      await screen.type(ESCAPE, ':', 'pause', ENTER);
      expect(below(screen)).toContain('opening is stopped (asked for by the user); 2 positions open, 1 orders working');
    }));

  it('takes verbs, options and quotes as a shell does', () =>
    withCommands(async (screen) => {
      await screen.type(':', 'reject s2 --reason "not today"', ENTER);
      expect(screen.engine.scripted.commands).toEqual([{ type: 'reject_signal', signalId: 's2', reason: 'not today' }]);
    }));

  it('keys that come in one message are typed one by one, Enter among them', () =>
    withCommands(async (screen) => {
      await screen.type(':pause\r');
      expect(screen.engine.scripted.commands).toMatchObject([{ type: 'pause_opening' }]);
    }));

  it('asks what the key asks before anything dangerous', () =>
    withCommands(async (screen) => {
      await screen.type(':', 'kill', ENTER);
      expect(below(screen)).toContain('KILL: stop opening, cancel entries (1 order working), close 2 positions worth');
      await screen.type('n');
      expect(screen.engine.scripted.commands).toEqual([]);
      await screen.type(':', 'close SOLUSDT --fraction 50%', ENTER);
      expect(below(screen)).toContain('close 50% of SOLUSDT long, worth 284.70 USDT');
      await screen.type('y');
      expect(screen.engine.scripted.commands).toMatchObject([{ type: 'close_position', positionId: 'p1' }]);
      await screen.type(':', 'trader remove "RSI turn"', ENTER);
      expect(below(screen)).toContain('take RSI turn out of work; its 2 open positions stay guarded?');
    }));

  it('asks for the name of the account before it resumes after a kill', () =>
    withCommands(
      async (screen) => {
        await screen.type(':', 'resume', ENTER);
        expect(below(screen)).toContain("Type the account's name, main, and Enter");
        await screen.type('main', ENTER);
        expect(screen.engine.scripted.commands).toEqual([{ type: 'resume_opening' }]);
      },
      { engine: busyDesk({ status: { breaker: tripped('kill_switch') } }) },
    ));

  it('says what is refused with its code and what to do', () =>
    withCommands(async (screen) => {
      await screen.type(':', 'frobnicate', ENTER);
      expect(below(screen)).toContain("USAGE: unknown command 'frobnicate'.");
      await screen.type(':', 'close nothing', ENTER);
      expect(below(screen)).toContain('NOT_FOUND: no open position nothing. `aitrader positions` lists those');
      await screen.type(':', 'close SOLUSDT --fraction 2', ENTER);
      await screen.type('y');
      expect(below(screen)).toContain('ARGUMENT_INVALID');
      await screen.type(':', 'status -f', ENTER);
      expect(below(screen)).toContain('USAGE: --follow on the screen. The panels follow by themselves');
    }));

  it('completes verbs, options and names, as far as they agree', () =>
    withCommands(async (screen) => {
      await screen.type(':', 'stat', TAB);
      expect(below(screen)).toContain(':stat_');
      expect(below(screen)).toContain('status stats');
      await screen.type('u', TAB);
      expect(below(screen)).toContain(':status _');
      await screen.type('\u0015', 'kill --k', TAB);
      expect(below(screen)).toContain(':kill --keep-positions _');
      await screen.type('\u0015', 'trader pause rs', TAB);
      expect(below(screen)).toContain(':trader pause "RSI turn" _');
    }));

  it('brings earlier lines back, each once, and forgets one that is left', () =>
    withCommands(async (screen) => {
      await screen.type(':', 'pause', ENTER, '', ':', 'status', ENTER, '', ESCAPE, ':', 'pause', ENTER);
      await screen.type(':', UP);
      expect(below(screen)).toContain(':pause_');
      await screen.type(UP, UP);
      expect(below(screen)).toContain(':status_');
      await screen.type(DOWN, DOWN);
      expect(below(screen)).toContain(':_');
      await screen.type(ESCAPE);
      expect(below(screen)).not.toContain(':_');
    }));

  it('help lists the verbs', () =>
    withCommands(async (screen) => {
      await screen.type(':', 'help', ENTER);
      expect(screen.text()).toContain('kill                       pause, cancel own entries and close every position');
    }));
});
