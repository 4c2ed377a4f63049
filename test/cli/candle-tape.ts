import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Writes a file of candles that rise and fall around 0.1, for a desk to play. @returns its path */
export async function candles(
  folder: string,
  name: string,
  { minutes, rows }: { readonly minutes: number; readonly rows: number },
): Promise<string> {
  const path = join(folder, name);
  const lines = Array.from({ length: rows }, (_, row) => {
    const [open, close] = [row, row + 1].map((at) => (0.1 + 0.004 * Math.sin(at / 3)).toFixed(6));
    const [low = '', high = ''] = [open, close].toSorted();
    const openTime = Date.UTC(2018, 0, 10, 5) + row * minutes * 60_000;
    return [openTime, open, high, low, close, 100 + row].join(',');
  });
  await writeFile(path, ['time,open,high,low,close,volume', ...lines].join('\n'));
  return path;
}
