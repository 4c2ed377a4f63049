import { EventEmitter } from 'node:events';
import type { ReadStream, WriteStream } from 'node:tty';
import { setImmediate } from 'node:timers/promises';
import { Box, render, Text } from 'ink';
import { createElement } from 'react';

import { startTui } from '../src/frontends/tui/start.ts';
import { createFakeClock } from '../src/testkit/fake-clock.ts';
import { aMarket, aPosition, aSignal, aTrader, NOW, StagedEngine } from '../test/tui/staged-desk.ts';
import { FakeKeyboard, FakeTerminal } from '../test/tui/terminal.ts';
import { percentile } from './harness.ts';
import type { BenchRow } from './harness.ts';

const SYMBOLS = 100;
const POSITIONS = 50;
const WARM_UP = 100;
const FRAMES = 300;
const FRAMES_A_SECOND = 10;
/** Frames that the reference shows in turn. */
const REFERENCE_FRAMES = 50;
const COLUMNS = 200;
const ROWS = 50;

/** Takes what is written and does nothing with it. */
class NullTerminal extends EventEmitter {
  readonly isTTY = true;
  readonly writable = true;
  readonly columns = COLUMNS;
  readonly rows = ROWS;

  write(_text: string, written?: () => void): boolean {
    written?.();
    return true;
  }

  getColorDepth(): number {
    return 24;
  }

  asStdout(): WriteStream {
    return this as unknown as WriteStream;
  }
}

function keyboard(): ReadStream {
  return new FakeKeyboard().asStdin();
}

/** A desk with everything moving: each tick changes every price. */
function movingDesk(): StagedEngine {
  const names = Array.from({ length: SYMBOLS }, (_, at) => `S${at}USDT`);
  return new StagedEngine({
    markets: names.map((name, at) => aMarket(name, 100 + at)),
    traders: Array.from({ length: POSITIONS }, (_, at) => aTrader(`trader ${at}`)),
    signals: names.map((name, at) => aSignal(`s${at}`, name, { status: 'pending', reason: 'new' })),
    positions: names
      .slice(0, POSITIONS)
      .map((name, at) =>
        aPosition(`p${at}`, name, { entry: String(100 + at), stop: String(95 + at), targets: [String(110 + at)] }),
      ),
  });
}

interface Cost {
  /** Wall time of each frame, milliseconds. */
  readonly frames: readonly number[];
  /** Processor time of a frame, milliseconds. */
  readonly cpuMs: number;
}

/** What so many frames cost, one after the other. */
async function costOf(frame: () => Promise<void>): Promise<Cost> {
  for (let at = 0; at < WARM_UP; at += 1) await frame();
  const before = process.cpuUsage();
  const frames: number[] = [];
  for (let at = 0; at < FRAMES; at += 1) {
    const startedAt = performance.now();
    await frame();
    frames.push(performance.now() - startedAt);
  }
  const { user, system } = process.cpuUsage(before);
  return { frames, cpuMs: (user + system) / 1_000 / FRAMES };
}

/** Our screen over the moving desk. */
interface OurScreen {
  /** Lets everything move, and a frame be drawn. */
  readonly frame: () => Promise<void>;
  readonly close: () => Promise<void>;
}

function openOurs(stdout: WriteStream): OurScreen {
  const engine = movingDesk();
  const clock = createFakeClock(NOW);
  const tui = startTui({
    engine,
    stdout,
    stdin: keyboard(),
    clock,
    deskClock: { now: () => NOW + clock.monotonicMs() },
    info: { mode: 'local', quoteAsset: 'USDT', dataDir: '~/.aitrader' },
    display: { theme: 'tokyo-night', upColor: 'green', color: true, ascii: false },
    earlierTrades: [],
    earlierLogs: [],
    notice: () => null,
    offline: () => null,
    commands: { read: () => Promise.reject(new Error('none')), complete: () => Promise.resolve([]) },
  });
  return {
    frame: async () => {
      engine.tick();
      await clock.advance(1_000 / FRAMES_A_SECOND);
    },
    close: () => tui.close(),
  };
}

async function ourCost(): Promise<Cost> {
  const screen = openOurs(new NullTerminal().asStdout());
  const cost = await costOf(screen.frame);
  await screen.close();
  return cost;
}

/** What our screen shows, frame after frame, as the texts of its rows. */
async function shownTexts(): Promise<readonly (readonly string[])[]> {
  const terminal = new FakeTerminal(COLUMNS, ROWS);
  const screen = openOurs(terminal.asStdout());
  const texts: string[][] = [];
  while (texts.length < REFERENCE_FRAMES) {
    await screen.frame();
    texts.push(terminal.screen());
  }
  await screen.close();
  return texts;
}

/** The same rows as texts that ink lays out; ready made and without colours, which would only cost it more. */
async function inkCost(): Promise<Cost> {
  const frames = await shownTexts();
  let at = 0;
  const screen = () => {
    at += 1;
    const rows = frames[at % frames.length] ?? [];
    return createElement(
      Box,
      { flexDirection: 'column', width: COLUMNS },
      ...rows.map((text, row) => createElement(Text, { key: row }, text)),
    );
  };
  const app = render(screen(), {
    stdout: new NullTerminal().asStdout(),
    stdin: keyboard(),
    interactive: true,
    incrementalRendering: true,
    exitOnCtrlC: false,
    patchConsole: false,
    maxFps: 1_000,
  });
  const cost = await costOf(async () => {
    app.rerender(screen());
    await setImmediate();
  });
  app.unmount();
  return cost;
}

/** What a frame of 200x50 costs with 100 symbols and 50 positions, all moving, beside ink laying out the same rows. */
export async function frameRows(): Promise<BenchRow[]> {
  const [ours, ink] = [await ourCost(), await inkCost()];
  const reference = 'ink with the same texts';
  const rows = [
    ['tui frame, middle', percentile(ours.frames, 0.5), percentile(ink.frames, 0.5), 'ms'],
    ['tui frame, slowest of a hundred', percentile(ours.frames, 0.99), percentile(ink.frames, 0.99), 'ms'],
    // A frame's processor time, ten times a second, in hundredths of a core.
    [
      'tui work at 10 frames a second',
      (ours.cpuMs * FRAMES_A_SECOND) / 10,
      (ink.cpuMs * FRAMES_A_SECOND) / 10,
      '% of a core',
    ],
  ] as const;
  return rows.map(([name, value, referenceValue, unit]) => ({
    ...{ name, value, unit, reference, referenceValue },
    ratio: value / referenceValue,
  }));
}
