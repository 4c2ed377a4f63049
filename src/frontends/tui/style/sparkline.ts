const BARS = '▁▂▃▄▅▆▇█';

/** The last `width` of the values as bars between their lowest and highest; shorter when there are fewer. */
export function sparkline(values: readonly number[], width: number): string {
  const last = values.slice(-width);
  const lowest = Math.min(...last);
  const range = Math.max(...last) - lowest;
  const barOf = (value: number): string => {
    const share = range > 0 ? (value - lowest) / range : 0.5;
    return BARS[Math.round(share * (BARS.length - 1))] ?? '';
  };
  return last.map(barOf).join('');
}
