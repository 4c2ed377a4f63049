import { Worker } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';

import { AitraderError, describeFailure } from '../../../domain/errors.ts';
import { CaptureReader } from './capture-reader.ts';
import type { CaptureDecoder, MessageSource } from './capture-reader.ts';
import type { MessageRows, SpentArrays } from './message-rows.ts';

/** To the thread: the next stretch of a file is wanted, or (`null`) nothing more of it. */
interface Request {
  readonly file: number;
  readonly path: string;
  readonly want: { readonly spent: SpentArrays | null } | null;
}

/** From the thread: a stretch, null after the last; or why there is none. */
type Answer =
  { readonly file: number; readonly stretch: MessageRows | null } | { readonly file: number; readonly problem: string };

/** Serves a `DecoderThread`: what its module calls. */
export function runDecoder(port: MessagePort): void {
  const readers = new Map<number, CaptureReader>();
  port.on('message', ({ file, path, want }: Request) => {
    let reader = readers.get(file);
    if (want === null) {
      reader?.close();
      readers.delete(file);
      return;
    }
    if (reader === undefined) readers.set(file, (reader = new CaptureReader(path)));
    reader.next(want.spent).then(
      (stretch) => {
        const memory = stretch === null ? [] : [stretch.bytes.buffer, stretch.rows.buffer, stretch.levels.buffer];
        port.postMessage({ file, stretch } satisfies Answer, memory);
      },
      (failure: unknown) => port.postMessage({ file, problem: problemOf(failure) } satisfies Answer),
    );
  });
}

function problemOf(failure: unknown): string {
  const isKnown = failure instanceof AitraderError && failure.code === 'TAPE_UNREADABLE';
  return isKnown ? String(failure.context['problem']) : describeFailure(failure);
}

/** Reads captures in a thread of its own, each one stretch ahead of what is played. */
export class DecoderThread implements CaptureDecoder {
  readonly #module: URL;
  readonly #files: ThreadedFile[] = [];
  /** Null until the first capture is opened. */
  #worker: Worker | null = null;

  /** @param module calls `runDecoder` with the thread's port */
  constructor(module: URL) {
    this.#module = module;
  }

  open(path: string): MessageSource {
    const worker = (this.#worker ??= this.#start());
    const number = this.#files.length;
    const file = new ThreadedFile(path, (want, memory) => {
      worker.postMessage({ file: number, path, want } satisfies Request, memory);
    });
    this.#files.push(file);
    return file;
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }

  #start(): Worker {
    const worker = new Worker(this.#module, { execArgv: ['--disable-warning=ExperimentalWarning'] });
    worker.on('message', (answer: Answer) => this.#files[answer.file]?.take(answer));
    worker.on('error', (failure) => {
      for (const file of this.#files) file.fail(`its reader failed: ${describeFailure(failure)}`);
    });
    return worker;
  }
}

type Send = (want: Request['want'], memory: readonly ArrayBuffer[]) => void;

class ThreadedFile implements MessageSource {
  readonly #path: string;
  readonly #send: Send;
  /** The stretch after the one that is played: on its way or there. Null before the first is asked for. */
  #coming: PromiseWithResolvers<MessageRows | null> | null = null;

  constructor(path: string, send: Send) {
    this.#path = path;
    this.#send = send;
  }

  async next(spent: SpentArrays | null): Promise<MessageRows | null> {
    const stretch = await (this.#coming ?? this.#ask(null)).promise;
    if (stretch !== null) this.#ask(spent);
    return stretch;
  }

  take(answer: Answer): void {
    if ('problem' in answer) this.fail(answer.problem);
    else this.#coming?.resolve(answer.stretch);
  }

  fail(problem: string): void {
    this.#coming?.reject(new AitraderError('TAPE_UNREADABLE', { path: this.#path, problem }));
  }

  close(): void {
    this.#send(null, []);
  }

  #ask(spent: SpentArrays | null): PromiseWithResolvers<MessageRows | null> {
    const coming = Promise.withResolvers<MessageRows | null>();
    // Who plays the file asks for it later; until then nobody hears of a failure.
    coming.promise.catch(() => undefined);
    this.#coming = coming;
    const arrays = spent === null ? null : { rows: spent.rows, levels: spent.levels };
    this.#send({ spent: arrays }, arrays === null ? [] : [arrays.rows.buffer, arrays.levels.buffer]);
    return coming;
  }
}
