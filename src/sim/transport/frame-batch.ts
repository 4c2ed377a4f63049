import type { Frame } from './frame.ts';

/** A batch is written to the socket when it has grown to about this size: large enough to cost few system calls. */
const BATCH_BYTES = 60_000;
/** Blocks that wait to be used again; a connection that is read promptly needs no more. */
const SPARE_BLOCKS = 8;

/** Takes a part of a block; calls `done` when it has been written and the memory may change. */
export type WriteBlock = (part: Buffer, done: () => void) => void;

interface Block {
  readonly bytes: Buffer;
  /** Parts that are being written. */
  writing: number;
  isFull: boolean;
}

/** Collects frames of one connection into blocks of about 60 kB, so that one system call carries hundreds of them. */
export class FrameBatch {
  readonly #write: WriteBlock;
  readonly #spare: Block[] = [];
  #block: Block = emptyBlock();
  /** What of the block is written or being written, and what is filled. */
  #written = 0;
  #filled = 0;

  constructor(write: WriteBlock) {
    this.#write = write;
  }

  /** Takes a copy of the frame. */
  add({ bytes, dataStart, dataEnd }: Frame): void {
    const size = dataEnd - dataStart;
    if (this.#filled + size > BATCH_BYTES && !this.#makeRoom(size)) {
      this.#write(Buffer.from(bytes.subarray(dataStart, dataEnd)), () => undefined);
      return;
    }
    bytes.copy(this.#block.bytes, this.#filled, dataStart, dataEnd);
    this.#filled += size;
  }

  /** Hands over what was collected. The rest of the block is used on, so that small flushes cost no memory. */
  flush(): void {
    if (this.#filled === this.#written) return;
    const block = this.#block;
    const part = block.bytes.subarray(this.#written, this.#filled);
    this.#written = this.#filled;
    block.writing += 1;
    this.#write(part, () => {
      block.writing -= 1;
      this.#recycle(block);
    });
  }

  /** @returns false for a frame larger than any block; what came before it has been handed over */
  #makeRoom(size: number): boolean {
    this.flush();
    if (size > BATCH_BYTES) return false;
    const full = this.#block;
    this.#block = this.#spare.pop() ?? emptyBlock();
    this.#written = this.#filled = 0;
    full.isFull = true;
    this.#recycle(full);
    return true;
  }

  #recycle(block: Block): void {
    if (!block.isFull || block.writing > 0 || this.#spare.length >= SPARE_BLOCKS) return;
    block.isFull = false;
    this.#spare.push(block);
  }
}

function emptyBlock(): Block {
  return { bytes: Buffer.allocUnsafeSlow(BATCH_BYTES), writing: 0, isFull: false };
}
