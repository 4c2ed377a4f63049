import { EventEmitter } from 'node:events';
import type { ReadStream, WriteStream } from 'node:tty';

/** What may follow an escape character; anything else is a mistake of the program or a gap of this terminal. */
const SEQUENCE = /\u001b(?:\[(\??[\d;]*)([A-Za-z])|\](\d+;[^\u0007]*)\u0007)/y;

const PAINT = /\u001b\[[\d;]*m/g;

interface Modes {
  alternateScreen: boolean;
  cursorShown: boolean;
  bracketedPaste: boolean;
}

/**
 * A terminal for tests: it understands what the screen and ink write and holds what a person would see. A sequence that it
 * does not know is an error.
 */
export class FakeTerminal extends EventEmitter {
  readonly isTTY = true;
  readonly writable = true;
  readonly modes: Modes = { alternateScreen: false, cursorShown: true, bracketedPaste: false };
  /** Window titles, the one that is shown last. */
  readonly titles: string[] = ['the shell'];
  columns: number;
  rows: number;
  /** All that was written. */
  output = '';
  /** How often the screen moved up because something was written below its last row. */
  scrolls = 0;
  /** What stands in each cell, with the sequence before it that paints it. */
  #cells: string[][] = [];
  #row = 0;
  #column = 0;
  /** The sequence that paints what is written now. */
  #paint = '';
  readonly #colorDepth: number;

  constructor(columns: number, rows: number, colorDepth = 24) {
    super();
    this.columns = columns;
    this.rows = rows;
    this.#colorDepth = colorDepth;
    this.#erase();
  }

  asStdout(): WriteStream {
    return this as unknown as WriteStream;
  }

  getColorDepth(): number {
    return this.#colorDepth;
  }

  write(chunk: string | Uint8Array, ...rest: unknown[]): boolean {
    const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    this.output += text;
    this.#take(text);
    const done = rest.findLast((each) => typeof each === 'function') as (() => void) | undefined;
    if (done !== undefined) queueMicrotask(done);
    return true;
  }

  resize(columns: number, rows: number): void {
    this.columns = columns;
    this.rows = rows;
    this.#cells = Array.from({ length: rows }, (_, at) => this.#rowOf(this.#cells[at] ?? []));
    this.#row = Math.min(this.#row, rows - 1);
    this.emit('resize');
  }

  /** The rows of the screen, without blanks at their ends. */
  screen(): string[] {
    return this.painted().map((row) => row.replaceAll(PAINT, '').trimEnd());
  }

  /** The rows of the screen with the sequence that paints each of their cells. */
  painted(): string[] {
    return this.#cells.map((row) => row.join(''));
  }

  #rowOf(cells: readonly string[]): string[] {
    return Array.from({ length: this.columns }, (_, at) => cells[at] ?? ' ');
  }

  #erase(): void {
    this.#cells = Array.from({ length: this.rows }, () => this.#rowOf([]));
  }

  #take(text: string): void {
    for (let at = 0; at < text.length;) {
      const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
      if (character === '\u001b') {
        SEQUENCE.lastIndex = at;
        const found = SEQUENCE.exec(text);
        if (found === null) throw new Error(`unknown sequence ${JSON.stringify(text.slice(at, at + 12))}`);
        this.#obey(found[1] ?? '', found[2] ?? 'title', found[3] ?? '');
        at = SEQUENCE.lastIndex;
        continue;
      }
      if (character === '\n') this.#lineFeed();
      else if (character === '\r') this.#column = 0;
      else this.#put(character);
      at += character.length;
    }
  }

  #put(character: string): void {
    if (this.#column >= this.columns) this.#lineFeed();
    const row = this.#cells[this.#row];
    if (row !== undefined) row[this.#column] = this.#paint + character;
    this.#column += 1;
    if (/[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uff01-\uff60]/u.test(character)) {
      if (row !== undefined) row[this.#column] = '';
      this.#column += 1;
    }
  }

  #lineFeed(): void {
    this.#column = 0;
    if (this.#row < this.rows - 1) {
      this.#row += 1;
      return;
    }
    this.scrolls += 1;
    this.#cells.shift();
    this.#cells.push(this.#rowOf([]));
  }

  #obey(parameters: string, command: string, operand: string): void {
    const numbers = parameters.replace('?', '').split(';').map(Number);
    const count = Math.max(1, numbers[0] ?? 1);
    switch (command) {
      case 'm':
        this.#paint = parameters === '0' ? '' : `\u001b[${parameters}m`;
        return;
      case 'A':
        this.#row = Math.max(0, this.#row - count);
        return;
      case 'B':
        this.#row = Math.min(this.rows - 1, this.#row + count);
        return;
      case 'C':
        this.#column = Math.min(this.columns - 1, this.#column + count);
        return;
      case 'D':
        this.#column = Math.max(0, this.#column - count);
        return;
      case 'E':
        this.#row = Math.min(this.rows - 1, this.#row + count);
        this.#column = 0;
        return;
      case 'G':
        this.#column = count - 1;
        return;
      case 'H':
        this.#row = Math.max(1, numbers[0] ?? 1) - 1;
        this.#column = Math.max(1, numbers[1] ?? 1) - 1;
        return;
      case 'J':
        this.#eraseFrom(this.#row, this.#column);
        return;
      case 'K':
        this.#eraseLine(numbers[0] ?? 0);
        return;
      case 'h':
      case 'l':
        this.#setMode(parameters, command === 'h');
        return;
      case 't':
        if (parameters === '22;0') this.titles.push(this.titles.at(-1) ?? '');
        else if (parameters === '23;0') this.titles.pop();
        else throw new Error(`unknown window operation ${parameters}`);
        return;
      case 'title':
        this.titles[this.titles.length - 1] = operand.slice(2);
        return;
      default:
        throw new Error(`unknown command ${command} ${parameters}`);
    }
  }

  #eraseFrom(row: number, column: number): void {
    this.#cells = this.#cells.map((cells, at) => {
      if (at > row) return this.#rowOf([]);
      return at === row ? this.#rowOf(cells.slice(0, column)) : cells;
    });
  }

  #eraseLine(part: number): void {
    const cells = this.#cells[this.#row] ?? [];
    const kept = { 0: cells.slice(0, this.#column), 2: [] }[part];
    if (kept === undefined) throw new Error(`unknown erasure of a line: ${part}`);
    this.#cells[this.#row] = this.#rowOf(kept);
  }

  #setMode(parameters: string, isOn: boolean): void {
    switch (parameters) {
      case '?1049':
        this.modes.alternateScreen = isOn;
        this.#erase();
        this.#row = 0;
        this.#column = 0;
        return;
      case '?25':
        this.modes.cursorShown = isOn;
        return;
      case '?2004':
        this.modes.bracketedPaste = isOn;
        return;
      case '?2026':
        return;
      default:
        throw new Error(`unknown mode ${parameters}`);
    }
  }
}

/** The keyboard of the fake terminal. */
export class FakeKeyboard extends EventEmitter {
  readonly isTTY: boolean;
  isRaw = false;
  #unread: string[] = [];

  constructor(isTTY = true) {
    super();
    this.isTTY = isTTY;
  }

  asStdin(): ReadStream {
    return this as unknown as ReadStream;
  }

  setEncoding(): void {}
  ref(): void {}
  unref(): void {}

  setRawMode(isRaw: boolean): this {
    this.isRaw = isRaw;
    return this;
  }

  read(): string | null {
    return this.#unread.shift() ?? null;
  }

  /** One message of the terminal: keys, or what they send. */
  type(text: string): void {
    this.#unread.push(text);
    this.emit('readable');
  }
}
