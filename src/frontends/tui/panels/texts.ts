import type { DeskView } from '../desk/view.ts';
import type { Line } from '../style/line.ts';
import { span } from '../style/line.ts';
import { paragraph, shown } from '../style/text.ts';
import type { Listing } from './listing.ts';
import { textListing } from './listing.ts';

function listed(width: number, paragraphs: readonly (readonly [string, 'strong' | 'plain' | 'dim'])[]): Listing {
  const lines: Line[] = paragraphs.flatMap(([text, tone]) => paragraph(text, width, tone));
  return textListing(lines.map((line) => [span(' '), ...line]));
}

/** What language-model agents will think of signals; says what holds while there are none. */
export function aiListing(width: number): Listing {
  return listed(width, [
    ['No analyses: no language model is at work.', 'strong'],
    ['', 'plain'],
    ['This version has no analyst: filters trade without one.', 'plain'],
    ['A later one is switched on by ENABLE_AI_ANALYSIS=true in config.env; here that is without effect.', 'plain'],
  ]);
}

/** What deploying will do. It is done from the command line. */
export function deployListing(width: number, { info, status }: DeskView): Listing {
  return listed(width, [
    [`Runs here: ${info.mode} mode, data in ${shown(info.dataDir)}.`, 'strong'],
    ['', 'plain'],
    ['`aitrader --deploy` puts the same desk on Fly.io, where it runs without this computer:', 'plain'],
    ['1. makes an app with a name of its own, and a disk for its data', 'plain'],
    ['2. hands over the settings; keys go as secrets, never into a file or a log', 'plain'],
    ['3. starts the daemon, waits until it answers, and says how to look at it', 'plain'],
    ['', 'plain'],
    ['Then `aitrader --monitor URL` shows this screen over the daemon.', 'plain'],
    [`It trades the same kind of money as here (${status.money}) until you change that there.`, 'dim'],
  ]);
}
