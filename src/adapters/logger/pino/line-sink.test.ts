import { describe, expect, it } from 'vitest';
import { LineSink } from './line-sink.ts';
import type { LineTarget } from './line-sink.ts';

/** A target whose writes the test finishes, as it likes. */
function createTarget() {
  let pending: ((error: Error | null) => void) | null = null;
  let rest = '';
  const target = {
    written: '',
    isClosed: false,
    isBroken: false,
    write(text: string, done: (error: Error | null) => void): void {
      expect(pending).toBeNull();
      rest += text;
      pending = done;
    },
    writeNow(text: string): void {
      if (target.isBroken) throw new Error('broken');
      target.written += text;
    },
    async close(): Promise<void> {
      target.isClosed = true;
    },
    /** Ends the write that is under way. */
    finish(): void {
      const done = pending;
      pending = null;
      if (target.isBroken) return done?.(new Error('broken'));
      target.written += rest;
      rest = '';
      done?.(null);
    },
    isWriting: () => pending !== null,
  } satisfies LineTarget & Record<string, unknown>;
  return target;
}

function createSink() {
  const target = createTarget();
  const told: string[] = [];
  const time = { ms: 0 };
  const events = {
    failed: (error: Error) => void told.push(`failed: ${error.message}`),
    recovered: () => void told.push('recovered'),
    lost: (lines: number) => void told.push(`lost ${lines}`),
  };
  return { target, told, time, sink: new LineSink(target, events, () => time.ms) };
}

const MIB = 2 ** 20;

describe('a line sink', () => {
  it('writes lines in order, one batch after the other', () => {
    const { sink, target } = createSink();
    for (const line of ['a\n', 'b\n', 'c\n']) sink.write(line);
    while (target.isWriting()) target.finish();
    sink.write('d\n');
    target.finish();
    expect(target.written).toBe('a\nb\nc\nd\n');
  });

  it('keeps what failed and goes on with it when the target works again, telling each once', () => {
    const { sink, target, told, time } = createSink();
    target.isBroken = true;
    sink.write('a\n');
    target.finish();
    sink.write('b\n');
    expect(target.isWriting()).toBe(false);
    time.ms = 1_000;
    sink.write('c\n');
    target.finish();
    expect(told).toEqual(['failed: broken']);
    time.ms = 2_000;
    target.isBroken = false;
    sink.write('d\n');
    while (target.isWriting()) target.finish();
    expect(target.written).toBe('a\nb\nc\nd\n');
    expect(told).toEqual(['failed: broken', 'recovered']);
  });

  it('holds a bounded amount, loses later lines, and tells how many when it has caught up', () => {
    const { sink, target, told } = createSink();
    const line = `${'x'.repeat(MIB - 1)}\n`;
    for (let i = 0; i < 20; i += 1) sink.write(line);
    while (target.isWriting()) target.finish();
    // One was being written already, four waited.
    expect(target.written.length).toBe(5 * MIB);
    expect(told).toEqual(['lost 15']);
  });

  it('flushes what waits at once, and never while the target is broken', () => {
    const { sink, target, told } = createSink();
    sink.write('a\n');
    sink.write('b\n');
    sink.flushNow();
    expect(target.written).toBe('b\n');
    target.isBroken = true;
    sink.write('c\n');
    sink.flushNow();
    sink.write('d\n');
    sink.flushNow();
    expect(told).toEqual(['failed: broken']);
  });

  it('closes after everything is written, and takes no more lines', async () => {
    const { sink, target } = createSink();
    sink.write('a\n');
    sink.write('b\n');
    const closed = sink.close();
    sink.write('late\n');
    expect(target.isClosed).toBe(false);
    while (target.isWriting()) target.finish();
    await closed;
    expect(target.written).toBe('a\nb\n');
    expect(target.isClosed).toBe(true);
  });

  it('tries a broken target once more when it closes', async () => {
    const { sink, target } = createSink();
    target.isBroken = true;
    sink.write('a\n');
    target.finish();
    const closed = sink.close();
    await Promise.resolve();
    target.isBroken = false;
    target.finish();
    await closed;
    expect(target.written).toBe('a\n');
  });
});
