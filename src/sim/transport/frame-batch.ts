import type { Frame } from './frame.ts';
import { frameBytes, writeFrame } from './frame.ts';

/** A batch is written to the socket when it has grown to about this size: large enough to cost few system calls. */
const BLOCK_BYTES = 128 * 1024;
/** Blocks that wait to be used again: as many as a turn at full speed fills while its client is only just behind. */
const SPARE_BLOCKS = 64;

/** Takes a part of a block; calls `done` when it has been written and the memory may change. */
export type WriteBlock = (part: Buffer, done: () => void) => void;

interface Block {
  readonly bytes: Buffer;
  /** Parts that are being written. */
  writing: number;
  isFull: boolean;
}

/** Blocks that no connection uses at the moment. */
export class SpareBlocks {
  readonly #blocks: Block[] = [];

  take(): Block {
    return this.#blocks.pop() ?? { bytes: Buffer.allocUnsafeSlow(BLOCK_BYTES), writing: 0, isFull: false };
  }

  give(block: Block): void {
    if (this.#blocks.length >= SPARE_BLOCKS) return;
    block.isFull = false;
    this.#blocks.push(block);
  }
}

/** Collects frames of one connection into large blocks, so that one system call carries hundreds of them. */
export class FrameBatch {
  readonly #write: WriteBlock;
  readonly #spare: SpareBlocks;
  /** Null until there is something to send. */
  #block: Block | null = null;
  /** What of the block is written or being written, and what is filled. */
  #written = 0;
  #filled = 0;

  /** @param spare shared by the connections of a server */
  constructor(spare: SpareBlocks, write: WriteBlock) {
    this.#spare = spare;
    this.#write = write;
  }

  /** Takes a copy of the frame. */
  add(frame: Frame): void {
    const size = frameBytes(frame);
    const block = this.#blockFor(size);
    if (block === null) {
      const alone = Buffer.allocUnsafeSlow(size);
      writeFrame(frame, alone, 0);
      this.#write(alone, () => undefined);
      return;
    }
    writeFrame(frame, block.bytes, this.#filled);
    this.#filled += size;
  }

  /** Hands over what was collected. The rest of the block is used on, so that small flushes cost no memory. */
  flush(): void {
    const block = this.#block;
    if (block === null || this.#filled === this.#written) return;
    const part = block.bytes.subarray(this.#written, this.#filled);
    this.#written = this.#filled;
    block.writing += 1;
    this.#write(part, () => {
      block.writing -= 1;
      if (block.isFull && block.writing === 0) this.#spare.give(block);
    });
  }

  /** A block with room for so many bytes; null when none is large enough, and what came before has been handed over. */
  #blockFor(size: number): Block | null {
    if (this.#block !== null && this.#filled + size <= BLOCK_BYTES) return this.#block;
    this.flush();
    if (size > BLOCK_BYTES) return null;
    const full = this.#block;
    this.#block = this.#spare.take();
    this.#written = this.#filled = 0;
    if (full !== null) {
      full.isFull = true;
      if (full.writing === 0) this.#spare.give(full);
    }
    return this.#block;
  }
}
