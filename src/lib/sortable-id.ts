/** Crockford's base 32 (https://www.crockford.com/base32.html) in lower case; its characters sort as their values do. */
const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz';
const BITS_PER_DIGIT = 5;

const TIME_DIGITS = 9;
const TIME_END_MS = 2 ** (TIME_DIGITS * BITS_PER_DIGIT);

/** The 15 characters after the time are three groups of 25 bits, as bit operations reach 32. */
const GROUP_DIGITS = 5;
const GROUP_SIZE = 2 ** (GROUP_DIGITS * BITS_PER_DIGIT);

function encode(value: number, digits: number): string {
  let text = '';
  let rest = value;
  for (let digit = 0; digit < digits; digit += 1) {
    text = DIGITS.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

/**
 * When an id was made, milliseconds UTC.
 * @returns NaN for a text that is no id of this kind
 */
export function timeOfSortableId(id: string): number {
  if (id.length !== TIME_DIGITS + 3 * GROUP_DIGITS) return NaN;
  const digits = [...id].map((character) => DIGITS.indexOf(character));
  if (digits.includes(-1)) return NaN;
  return digits.slice(0, TIME_DIGITS).reduce((value, digit) => value * 32 + digit, 0);
}

export interface SortableIdSources {
  /** Milliseconds UTC since the epoch. */
  readonly now: () => number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/**
 * Ids of 24 characters `[0-9a-z]`: 9 of time, 15 of chance, much like a ULID (https://github.com/ulid/spec). They sort by
 * the time they were made in. Within one millisecond, and while the clock stands or goes back, each is the one before
 * plus one, so a later call never gives a smaller id. Two sources collide with a chance of 2^-75 per id and millisecond.
 * @returns `next` throws RangeError for a time before 1970 or after 3084
 */
export function createSortableIds({ now, random }: SortableIdSources): { next(): string } {
  let timeMs = -1;
  let groups: [number, number, number] = [0, 0, 0];

  function draw(): number {
    return Math.floor(random() * GROUP_SIZE);
  }

  function startAt(newTimeMs: number): void {
    timeMs = newTimeMs;
    groups = [draw(), draw(), draw()];
  }

  function increment(): void {
    for (let group = groups.length - 1; group >= 0; group -= 1) {
      const raised = (groups[group] ?? 0) + 1;
      groups[group] = raised % GROUP_SIZE;
      if (raised < GROUP_SIZE) return;
    }
    startAt(timeMs + 1);
  }

  return {
    next() {
      const nowMs = Math.floor(now());
      if (!(nowMs >= 0 && nowMs < TIME_END_MS)) {
        throw new RangeError(`no id can be made at ${nowMs} ms; the clock must stand between the years 1970 and 3084`);
      }
      if (nowMs > timeMs) startAt(nowMs);
      else increment();
      return encode(timeMs, TIME_DIGITS) + groups.map((group) => encode(group, GROUP_DIGITS)).join('');
    },
  };
}
