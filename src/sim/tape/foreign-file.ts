import { AitraderError } from '../../domain/errors.ts';
import { RecordReader } from './record-reader.ts';

const CHUNK_BYTES = 64 * 1024;
const SHOWN_CHARACTERS = 80;

/** Refuses a file in which there is nothing to play; the error tells by its first lines what it seems to be. */
export async function refuseForeign(path: string): Promise<AitraderError> {
  const reader = new RecordReader(path, { separator: '\n', chunkBytes: CHUNK_BYTES });
  try {
    const chunk = await reader.next();
    const problem = problemOf((chunk?.bytes.toString('utf8') ?? '').split(/\r?\n/));
    return new AitraderError('TAPE_UNREADABLE', { path, problem });
  } finally {
    reader.close();
  }
}

function problemOf(lines: readonly string[]): string {
  const at = lines.findIndex((line) => line.trim() !== '');
  if (at === -1) return 'it is empty';
  const host = lines.flatMap((line) => /^(?:https?|wss?):\/\/([^/\s]+)/.exec(line)?.[1] ?? []).at(0);
  if (host !== undefined && !/(^|\.)binance\./.test(host)) return `it was recorded at ${host}, not at Binance`;
  const messageAt = lines.findIndex((line) => /^\d{10,}/.test(line));
  const shown = (lines[Math.max(at, messageAt)] ?? '').slice(0, SHOWN_CHARACTERS);
  return `line ${Math.max(at, messageAt) + 1} ("${shown}") is no message of a Binance stream, nor is any other line`;
}
