import { CHANGE_TYPES } from '../../shared/wire/live.ts';
import type { AnyChannel, Channel } from '../../shared/wire/live.ts';
import { textFrame } from './frame.ts';

/** An entry of a channel as it is seen now. */
export interface SeenEntry {
  readonly key: string;
  /** What the entry is made of; while these are the same values, so is the entry. Null: its text tells. */
  readonly parts: readonly unknown[] | null;
  readonly json: () => unknown;
}

/**
 * What happens when an entry is no longer seen: in a `state` it is gone and that is told; a `window` shows the newest
 * entries, and an old one only drops out of sight.
 */
export type ChannelKind = 'state' | 'window';

interface Row {
  text: string;
  parts: readonly unknown[] | null;
  readonly createdSeq: number;
  seq: number;
}

/** More removals are not remembered: readers that were behind for so long get a snapshot. */
const MOST_TOMBSTONES = 1_000;

function isSame(a: readonly unknown[] | null, b: readonly unknown[] | null): boolean {
  return a !== null && b?.length === a.length && a.every((part, index) => Object.is(part, b[index]));
}

/**
 * The entries of a channel as texts, each with the number of its last change. From these every reader is brought up to
 * date, whatever it has seen last: with the changes since in their order, or, where some of them are forgotten, with a
 * snapshot.
 */
export class ChannelRows {
  readonly #channel: AnyChannel;
  readonly #types: (typeof CHANGE_TYPES)[Channel];
  readonly #kind: ChannelKind;
  readonly #rows = new Map<string, Row>();
  /** Removed keys with the numbers of their removals, oldest first. */
  readonly #tombstones = new Map<string, number>();
  #seq = 0;
  /** A reader that saw less than this cannot be told what changed. */
  #forgottenSeq = 0;
  #snapshot: { readonly seq: number; readonly frame: Buffer } | null = null;
  /** What was made for readers that are behind, by what they saw last: many of them saw the same. */
  readonly #catchUps = new Map<number, Buffer>();

  constructor(channel: AnyChannel, kind: ChannelKind) {
    this.#channel = channel;
    this.#types = CHANGE_TYPES[channel.split(':', 1)[0] as Channel];
    this.#kind = kind;
  }

  /** The number of the last change. */
  get seq(): number {
    return this.#seq;
  }

  /**
   * Takes over what is seen now.
   * @returns the frames of the changes, one after the other; null when nothing changed
   */
  take(entries: readonly SeenEntry[]): Buffer | null {
    const frames: Buffer[] = [];
    const seen = new Set<string>();
    this.#catchUps.clear();
    for (const { key, parts, json } of entries) {
      seen.add(key);
      const row = this.#rows.get(key);
      if (row !== undefined && isSame(row.parts, parts)) continue;
      const text = JSON.stringify(json());
      if (row !== undefined) row.parts = parts;
      if (row?.text === text) continue;
      this.#seq += 1;
      if (row === undefined) this.#add(key, text, parts);
      else Object.assign(row, { text, seq: this.#seq });
      frames.push(textFrame(this.#message(row === undefined ? 'created' : 'changed', { seq: this.#seq, text })));
    }
    for (const key of this.#rows.keys()) {
      if (!seen.has(key)) this.#drop(key, frames);
    }
    return frames.length === 0 ? null : Buffer.concat(frames);
  }

  /**
   * What a reader is to be sent that saw change `seq` last: the changes since, each entry once, in the order of their
   * numbers; null when that cannot be told, and a snapshot is due.
   */
  framesAfter(seq: number): Buffer | null {
    if (seq < this.#forgottenSeq) return null;
    const frames = this.#catchUps.get(seq) ?? this.#makeCatchUp(seq);
    this.#catchUps.set(seq, frames);
    return frames;
  }

  snapshotFrame(): Buffer {
    if (this.#snapshot?.seq !== this.#seq) {
      const data = [...this.#rows.values()].map(({ text }) => text).join(',');
      const text = `{"type":"snapshot","channel":"${this.#channel}","seq":${this.#seq},"data":[${data}]}`;
      this.#snapshot = { seq: this.#seq, frame: textFrame(text) };
    }
    return this.#snapshot.frame;
  }

  #makeCatchUp(seq: number): Buffer {
    const changed = [...this.#rows.values()]
      .filter((row) => row.seq > seq)
      .map((row) => ({ kind: row.createdSeq > seq ? ('created' as const) : ('changed' as const), ...row }));
    const removed = [...this.#tombstones]
      .filter(([, removedSeq]) => removedSeq > seq)
      .map(([key, removedSeq]) => ({ kind: 'removed' as const, seq: removedSeq, text: removedText(key) }));
    let after = seq;
    const frames = [...changed, ...removed]
      .sort((a, b) => a.seq - b.seq)
      .map((change) => {
        const frame = textFrame(this.#message(change.kind, { ...change, after }));
        after = change.seq;
        return frame;
      });
    return Buffer.concat(frames);
  }

  #add(key: string, text: string, parts: readonly unknown[] | null): void {
    this.#tombstones.delete(key);
    this.#rows.set(key, { text, parts, createdSeq: this.#seq, seq: this.#seq });
  }

  #drop(key: string, frames: Buffer[]): void {
    const row = this.#rows.get(key);
    this.#rows.delete(key);
    // The snapshot no longer holds it, and its number alone does not say so.
    this.#snapshot = null;
    if (this.#kind === 'window') {
      this.#forgottenSeq = Math.max(this.#forgottenSeq, row?.seq ?? 0);
      return;
    }
    this.#seq += 1;
    this.#tombstones.set(key, this.#seq);
    frames.push(textFrame(this.#message('removed', { seq: this.#seq, text: removedText(key) })));
    if (this.#tombstones.size <= MOST_TOMBSTONES) return;
    const [oldest] = this.#tombstones;
    if (oldest === undefined) return;
    this.#tombstones.delete(oldest[0]);
    this.#forgottenSeq = Math.max(this.#forgottenSeq, oldest[1]);
  }

  #message(
    kind: 'created' | 'changed' | 'removed',
    { seq, after, text }: { readonly seq: number; readonly after?: number; readonly text: string },
  ): string {
    const gap = after === undefined || after === seq - 1 ? '' : `"after":${after},`;
    return `{"type":"${this.#types[kind]}","channel":"${this.#channel}","seq":${seq},${gap}"data":${text}}`;
  }
}

function removedText(key: string): string {
  return JSON.stringify({ key });
}
