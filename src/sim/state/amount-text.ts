import type { Atoms } from '../../matching/atoms.ts';
import { atomsText } from '../../matching/atoms.ts';

/** An exact amount with so many decimals (0 to 8), cut, never rounded up: `0.500`. */
export function fixedText(amount: Atoms, decimals: number): string {
  const text = atomsText(amount);
  return text.slice(0, text.length - 8 + decimals).replace(/\.$/, '');
}

/** Average price of a fill sum, with so many decimals; zero when nothing was filled. */
export function averageText(quote: Atoms, quantity: Atoms, decimals: number): string {
  const average = quantity === 0n ? 0n : (quote * 100_000_000n) / quantity;
  return fixedText(average, decimals);
}
