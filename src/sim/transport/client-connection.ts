import type { Frame } from './frame.ts';

/** The sending side of a client's connection, whatever carries it. */
export interface ClientConnection {
  /** Queues a message. To a closed or frozen connection it vanishes. */
  send(frame: Frame): void;
  /** Lets go what is queued. */
  flush(): void;
  /** Closes in order, after what is queued. */
  close(code: number, reason: string): void;
  /** Drops the connection without a word, as a broken network does. */
  cut(): void;
  /** Keeps the connection open and sends nothing any more. */
  freeze(): void;
}
