import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { WriteStream } from 'node:tty';
import { describe, expect, it } from 'vitest';

import { isTerminal } from '../../src/frontends/tui/start.ts';
import { failBehindScreen } from './crashing-program.ts';
import { runScreen } from './run-screen.ts';
import { busyDesk } from './staged-desk.ts';
import { FakeKeyboard, FakeTerminal } from './terminal.ts';

/** The border between frames and the header moves with the size; rows of the frame are as wide as the screen. */
function lowerEdges(rows: readonly string[]): string[] {
  return rows.filter((row) => row.includes('╯'));
}

describe('the terminal', () => {
  it('is taken over while the screen runs and given back as it was', async () => {
    const { terminal, keyboard, tui, engine } = await runScreen();
    expect(terminal.modes).toEqual({ alternateScreen: true, cursorShown: false, bracketedPaste: true });
    expect(terminal.titles).toEqual(['the shell', 'aitrader · simulated money · binance futures · local']);
    expect(keyboard.isRaw).toBe(true);
    await tui.close();
    expect(terminal.modes).toEqual({ alternateScreen: false, cursorShown: true, bracketedPaste: false });
    expect(terminal.titles).toEqual(['the shell']);
    expect(keyboard.isRaw).toBe(false);
    expect(engine.listeners).toBe(0);
  });

  it('is given back once, however often the screen is closed, and nothing is drawn afterwards', async () => {
    const before = process.listenerCount('exit');
    const { terminal, tui, clock } = await runScreen();
    await tui.close();
    await tui.close();
    const { output } = terminal;
    await clock.advance(1_000);
    expect(terminal.output).toBe(output);
    expect(terminal.titles).toEqual(['the shell']);
    expect(clock.pendingTimers()).toBe(0);
    expect(process.listenerCount('exit')).toBeLessThanOrEqual(before + 1); // ink's own stays for the next screen
  });

  it('is given back when the program fails, before the failure is told', () => {
    const module = join(import.meta.dirname, 'crashing-program.ts');
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--eval', `import('${module}').then((program) => program.${failBehindScreen.name}())`],
      {
        encoding: 'utf8',
      },
    );
    expect(stderr).toContain('the desk is on fire');
    expect(status).not.toBe(0);
    const terminal = new FakeTerminal(80, 24);
    const taken = stdout.indexOf('\u001b[?1049h');
    terminal.write(stdout.slice(0, taken + 8));
    expect(terminal.modes.alternateScreen).toBe(true);
    terminal.write(stdout.slice(taken + 8));
    expect(terminal.modes).toEqual({ alternateScreen: false, cursorShown: true, bracketedPaste: false });
    expect(terminal.titles).toEqual(['the shell']);
  });

  it('carries LIVE in its title when the money is real', async () => {
    const { terminal, tui } = await runScreen({ engine: busyDesk({ money: 'live' }) });
    expect(terminal.titles.at(-1)).toBe('aitrader · LIVE REAL MONEY · binance futures · local');
    await tui.close();
  });

  it('gets frames of its new size at once, never taller or wider than it is', async () => {
    const { terminal, tui, clock, text } = await runScreen({ size: [200, 50] });
    const sizes = [
      [80, 24],
      [120, 30],
      [119, 30],
      [120, 29],
      [60, 16],
      [59, 16],
      [20, 3],
      [200, 50],
    ] as const;
    for (const [columns, rows] of sizes) {
      terminal.resize(columns, rows);
      await clock.advance(100);
      const screen = terminal.screen();
      expect(screen).toHaveLength(rows);
      if (columns < 60) {
        expect(text().trim()).toMatch(/^aitrader needs 60x/);
        continue;
      }
      const isGrid = columns >= 120 && rows >= 30;
      expect(screen.some((row) => row.includes('[4 Positions]'))).toBe(!isGrid);
      expect(screen.some((row) => row.includes('╭─ 2 Traders'))).toBe(isGrid);
      for (const edge of lowerEdges(screen).slice(-1)) expect(edge).toHaveLength(columns);
      expect(screen.at(-1)).toContain('q quit');
    }
    const last = terminal.screen();
    // Ink's answer to a new size may come a millisecond of real time later.
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(terminal.screen()).toEqual(last);
    expect(terminal.scrolls).toBe(0);
    await tui.close();
  });

  it('without a keyboard is only written to', async () => {
    const keyboard = new FakeKeyboard(false);
    const { tui, text } = await runScreen({ options: { stdin: keyboard.asStdin() } });
    expect(text()).toContain('4 Positions');
    expect(keyboard.isRaw).toBe(false);
    await tui.close();
  });

  it('that goes away takes only the screen with it', async () => {
    const { terminal, tui, clock, engine } = await runScreen();
    terminal.emit('error', new Error('EIO'));
    const { output } = terminal;
    engine.tick();
    await clock.advance(500);
    expect(terminal.output).toBe(output);
    await tui.close();
  });

  it('shows in place of a frame that cannot be drawn why, and the desk goes on', async () => {
    const engine = busyDesk();
    const screen = await runScreen({ engine });
    engine.status = () => {
      throw new Error('a fault\u001b[2J');
    };
    await screen.press('');
    expect(screen.text().trim()).toBe('the screen cannot be drawn: a fault\\u001b[2J; the desk goes on, q quits');
    await screen.press('q');
    await expect(screen.tui.ended).resolves.toBe('quit');
    await screen.tui.close();
  });

  it('only writes what changed: a screen that stays the same costs nothing', async () => {
    const { terminal, tui, clock, engine } = await runScreen({ size: [200, 50] });
    await clock.advance(1_000);
    const { length } = terminal.output;
    await clock.advance(1_000);
    expect(terminal.output).toHaveLength(length);
    engine.tick();
    await clock.advance(100);
    expect(terminal.output.length).toBeGreaterThan(length);
    await tui.close();
  });

  it('is one with a size; a pipe is none', () => {
    const terminal = new FakeTerminal(80, 24);
    expect(isTerminal(terminal.asStdout())).toBe(true);
    expect(isTerminal(new FakeTerminal(0, 0).asStdout())).toBe(false);
    const pipe = { isTTY: undefined, columns: undefined, rows: undefined };
    expect(isTerminal(pipe as unknown as WriteStream)).toBe(false);
  });
});
