import type { AnyChannel, EntryOf } from '../../shared/wire/live.ts';
import type { ChannelListener, LiveConnection } from '../client.ts';

/** What a channel's entries are read into, and who hears of them. */
export interface MirrorTerms<Name extends AnyChannel, Value> {
  readonly channel: Name;
  readonly keyOf: (entry: EntryOf<Name>) => string;
  /** Throws for an entry that makes no sense. */
  readonly read: (entry: EntryOf<Name>) => Value;
  /** Hears of entries that are new (`before` is undefined) or other than before, but for those of the first snapshot. */
  readonly onNews?: (entry: EntryOf<Name>, before: Value | undefined) => void;
  /** An entry made no sense and is left out. */
  readonly onUnreadable: (failure: unknown) => void;
}

/** What a channel of a remote desk holds, kept up with its snapshot and changes. */
export class Mirror<Name extends AnyChannel, Value> {
  readonly #terms: MirrorTerms<Name, Value>;
  readonly #connection: LiveConnection;
  readonly #first = Promise.withResolvers<undefined>();
  #values = new Map<string, Value>();
  #list: readonly Value[] | null = null;
  #hasSnapshot = false;

  constructor(connection: LiveConnection, terms: MirrorTerms<Name, Value>) {
    this.#terms = terms;
    this.#connection = connection;
    connection.subscribe(terms.channel, this.#listener());
  }

  /** Settles with the first snapshot. */
  get ready(): Promise<undefined> {
    return this.#first.promise;
  }

  /** Whether everything that the daemon has said is in it, and nothing was missed. */
  get isCurrent(): boolean {
    return this.#connection.isCurrent(this.#terms.channel);
  }

  /** In the order in which the daemon told of them. The list never changes after it was given out. */
  get values(): readonly Value[] {
    this.#list ??= [...this.#values.values()];
    return this.#list;
  }

  #listener(): ChannelListener<EntryOf<Name>> {
    const { keyOf, onNews } = this.#terms;
    return {
      snapshot: (entries) => {
        const known = this.#values;
        this.#values = new Map();
        for (const entry of entries) {
          this.#put(entry);
          if (this.#hasSnapshot) onNews?.(entry, known.get(keyOf(entry)));
        }
        this.#list = null;
        this.#hasSnapshot = true;
        this.#first.resolve(undefined);
      },
      changed: (entry) => {
        const before = this.#values.get(keyOf(entry));
        this.#put(entry);
        this.#list = null;
        onNews?.(entry, before);
      },
      removed: (key) => {
        this.#values.delete(key);
        this.#list = null;
      },
    };
  }

  /** What cannot be read is not shown as it was before: that would be a lie. */
  #put(entry: EntryOf<Name>): void {
    const { keyOf, read, onUnreadable } = this.#terms;
    try {
      this.#values.set(keyOf(entry), read(entry));
    } catch (failure) {
      this.#values.delete(keyOf(entry));
      onUnreadable(failure);
    }
  }
}
