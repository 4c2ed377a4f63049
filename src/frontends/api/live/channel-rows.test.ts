import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { ChangeMessage, SnapshotMessage } from '../../shared/wire/live.ts';
import { ChannelRows } from './channel-rows.ts';
import type { ChannelKind, SeenEntry } from './channel-rows.ts';

/** The texts in frames as a client reads them (RFC 6455, 5.2). */
function textsOf(frames: Buffer): string[] {
  const texts: string[] = [];
  let at = 0;
  while (at < frames.length) {
    expect(frames[at]).toBe(0x81);
    const short = frames[at + 1] ?? 0;
    const head = short < 126 ? 2 : short === 126 ? 4 : 10;
    const length =
      short < 126 ? short : short === 126 ? frames.readUInt16BE(at + 2) : Number(frames.readBigUInt64BE(at + 2));
    texts.push(frames.toString('utf8', at + head, at + head + length));
    at += head + length;
  }
  expect(at).toBe(frames.length);
  return texts;
}

/** What a reader that keeps the rules of the protocol holds to be true. */
class Reader {
  readonly known = new Map<string, number>();
  seq = -1;

  read(frames: Buffer): void {
    for (const text of textsOf(frames)) this.#take(JSON.parse(text) as SnapshotMessage | ChangeMessage);
  }

  #take(message: SnapshotMessage | ChangeMessage): void {
    const { type, seq, data } = message;
    if (type === 'snapshot') {
      this.known.clear();
      for (const entry of data as readonly Entry[]) this.known.set(entry.id, entry.value);
    } else {
      const { after = seq - 1 } = message as ChangeMessage;
      expect(after).toBe(this.seq);
      if (type.endsWith('_removed')) this.known.delete((data as { key: string }).key);
      else this.known.set((data as Entry).id, (data as Entry).value);
    }
    this.seq = seq;
  }
}

interface Entry {
  readonly id: string;
  readonly value: number;
}

function seen(entries: ReadonlyMap<string, number>, byParts: boolean): SeenEntry[] {
  return [...entries].map(([id, value]) => ({ key: id, parts: byParts ? [value] : null, json: () => ({ id, value }) }));
}

/** What is there at each look. */
const looks = fc.array(
  fc.uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.nat(3)), { selector: ([id]) => id }),
  {
    minLength: 1,
    maxLength: 30,
  },
);

describe('a channel', () => {
  it('brings every reader to the truth, whichever looks it missed, without a gap in the numbers', () => {
    fc.assert(
      fc.property(looks, fc.infiniteStream(fc.boolean()), fc.boolean(), (all, reads, byParts) => {
        const rows = new ChannelRows('positions', 'state');
        const quick = new Reader();
        const slow = new Reader();
        quick.read(rows.snapshotFrame());
        for (const look of all) {
          const truth = new Map(look);
          const frames = rows.take(seen(truth, byParts));
          if (frames !== null) quick.read(frames);
          expect(quick.known).toEqual(truth);
          if (reads.next().value !== true) continue;
          slow.read(rows.framesAfter(slow.seq) ?? rows.snapshotFrame());
          expect(slow.known).toEqual(truth);
          expect(slow.seq).toBe(rows.seq);
        }
      }),
    );
  });

  it('tells a slow reader nothing twice: each entry at most once, with its last value', () => {
    fc.assert(
      fc.property(looks, (all) => {
        const rows = new ChannelRows('positions', 'state');
        for (const look of all) rows.take(seen(new Map(look), true));
        const messages = textsOf(rows.framesAfter(0) ?? Buffer.alloc(0)).map(
          (text) => JSON.parse(text) as ChangeMessage,
        );
        const keys = messages.map(
          ({ data }) => (data as { id?: string; key?: string }).id ?? (data as { key: string }).key,
        );
        expect(new Set(keys).size).toBe(keys.length);
      }),
    );
  });

  it('lets old entries of a window drop out of sight without a word, and gives a snapshot to who missed them', () => {
    const rows = new ChannelRows('logs', 'window');
    const look = (from: number, to: number) =>
      rows.take(seen(new Map(Array.from({ length: to - from }, (_, i) => [String(from + i), from + i])), true));
    look(0, 3);
    const reader = new Reader();
    reader.read(rows.snapshotFrame());
    const frames = look(2, 5);
    expect(textsOf(frames ?? Buffer.alloc(0)).map((text) => (JSON.parse(text) as ChangeMessage).type)).toEqual([
      'log_created',
      'log_created',
    ]);
    expect(rows.framesAfter(1)).toBeNull();
    expect(rows.framesAfter(reader.seq)).not.toBeNull();
    reader.read(rows.framesAfter(1) ?? rows.snapshotFrame());
    expect([...reader.known.keys()]).toEqual(['2', '3', '4']);
  });

  it('says created of what a reader has not seen, and changed of what it has', () => {
    const kinds: ChannelKind[] = ['state', 'window'];
    for (const kind of kinds) {
      const rows = new ChannelRows('signals', kind);
      rows.take(seen(new Map([['a', 1]]), true));
      rows.take(seen(new Map([['a', 2]]), true));
      const types = (seq: number) =>
        textsOf(rows.framesAfter(seq) ?? Buffer.alloc(0)).map((text) => (JSON.parse(text) as ChangeMessage).type);
      expect(types(0)).toEqual(['signal_created']);
      expect(types(1)).toEqual(['signal_update']);
      expect(types(2)).toEqual([]);
    }
  });

  it('frames texts of every length', () => {
    const rows = new ChannelRows('logs', 'window');
    for (const length of [0, 60, 61, 62, 125, 126, 127, 65_400, 65_535, 65_536, 70_000]) {
      const text = 'ä'.repeat(length / 2) + 'x'.repeat(length % 2);
      const frames = rows.take([{ key: String(length), parts: null, json: () => text }]);
      expect((JSON.parse(textsOf(frames ?? Buffer.alloc(0))[0] ?? '') as ChangeMessage).data).toBe(text);
    }
  });
});
