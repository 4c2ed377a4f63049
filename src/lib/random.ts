/** SplitMix64 by S. Vigna (https://prng.di.unimi.it/splitmix64.c): spreads one seed over the words of a state. */
function splitMix64(seed: bigint): () => bigint {
  let state = BigInt.asUintN(64, seed);
  return () => {
    state = BigInt.asUintN(64, state + 0x9e3779b97f4a7c15n);
    let z = state;
    z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
    z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn);
    return z ^ (z >> 31n);
  };
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

type State = [number, number, number, number];

/**
 * xoshiro128** 1.1 by D. Blackman and S. Vigna (https://prng.di.unimi.it/xoshiro128starstar.c): period 2^128 - 1.
 * @param state four 32-bit words, not all zero; changed by every call
 * @returns a function that gives the next unsigned 32-bit word
 */
export function xoshiro128(state: State): () => number {
  return () => {
    const result = Math.imul(rotateLeft(Math.imul(state[1], 5), 7), 9) >>> 0;
    const shifted = state[1] << 9;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = rotateLeft(state[3], 11);
    return result;
  };
}

/**
 * Repeatable randomness: the same seed gives the same numbers on every machine. Not for secrets.
 * @param seed any whole number
 * @returns `next` gives a number uniform in [0, 1), in steps of 2^-53
 * @throws RangeError when the seed is no whole number
 */
export function seededRandom(seed: number): { next(): number } {
  const words = splitMix64(BigInt(seed));
  const [first, second] = [words(), words()];
  const next = xoshiro128([
    Number(first & 0xffffffffn),
    Number(first >> 32n),
    Number(second & 0xffffffffn),
    Number(second >> 32n),
  ]);
  // 27 bits of one word and 26 of the next fill the 53 bits that a number holds exactly.
  return { next: () => ((next() >>> 5) * 2 ** 26 + (next() >>> 6)) / 2 ** 53 };
}
