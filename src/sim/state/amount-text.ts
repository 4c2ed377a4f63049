import type { Atoms } from '../../matching/atoms.ts';
import { atomsText } from '../../matching/atoms.ts';

/** An exact amount with at least so many decimals (0 to 8): more where the amount was made under a finer rule. `0.500` */
export function fixedText(amount: Atoms, decimals: number): string {
  const needed = 8 - (/0*$/.exec(amount.toString())?.[0].length ?? 0);
  return amount === 0n ? cutText(amount, decimals) : cutText(amount, Math.max(decimals, needed));
}

/** Average price of a fill sum, cut to so many decimals; zero when nothing was filled. */
export function averageText(quote: Atoms, quantity: Atoms, decimals: number): string {
  const average = quantity === 0n ? 0n : (quote * 100_000_000n) / quantity;
  return cutText(average, decimals);
}

/** With so many decimals, cut, never rounded up. */
function cutText(amount: Atoms, decimals: number): string {
  const text = atomsText(amount);
  return text.slice(0, text.length - 8 + decimals).replace(/\.$/, '');
}
