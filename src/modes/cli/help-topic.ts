import { AitraderError } from '../../domain/errors.ts';
import { nearest } from '../../lib/nearest.ts';
import { readDocument } from '../assets.ts';
import { EXIT } from './exit-code.ts';

const TOPICS = ['concepts'] as const;

/** Prints a document of `docs/` for a topic; returns the exit code. */
export async function printTopic(topic: string): Promise<number> {
  const known = TOPICS.find((candidate) => candidate === topic);
  if (known === undefined) {
    const [near] = nearest(topic, TOPICS);
    const hint = near === undefined ? `Topics: ${TOPICS.join(', ')}.` : `Did you mean ${near}?`;
    throw new AitraderError('USAGE', { problem: `no help topic '${topic}'`, hint });
  }
  process.stdout.write(await readDocument(`${known}.md`));
  return EXIT.done;
}
