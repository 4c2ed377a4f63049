import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { createSystemClock } from '../../../adapters/clock/system/clock.ts';
import { AitraderError } from '../../../domain/errors.ts';
import { HOUR_MS, MINUTE_MS } from '../../../domain/time.ts';
import { ControlClient } from '../../../frontends/control/client.ts';
import type { Question } from '../../../frontends/control/client.ts';
import { verbNamed } from '../../../frontends/shared/verbs/catalogue.ts';
import { printable } from '../../../lib/printable.ts';
import type { Clock } from '../../../ports/clock.ts';
import { EXIT } from '../exit-code.ts';
import { placeOf } from './place.ts';
import type { Place } from './place.ts';
import { printerOf } from './printers.ts';
import type { VerbOptions } from './run-options.ts';
import { untilInterrupted } from './until-interrupted.ts';
import { viewOf } from './view.ts';
import type { View } from './view.ts';
import { waitForEnd } from './wait-for-end.ts';

/** How answers are printed. */
interface PrintTerms {
  readonly json: boolean;
  readonly view: View;
}

/** Closing everything may take its time; a look may not. */
const ANSWER_MS = { looks: MINUTE_MS, sets: MINUTE_MS, acts: HOUR_MS } as const;

/** A process that has the data folder and does not answer is starting or ending: so often it is asked again, so far apart. */
const ATTEMPTS = 30;
const BETWEEN_ATTEMPTS_MS = 100;

/**
 * Asks the running aitrader, or looks at what the last one stored, and prints the answer.
 * @returns the exit code
 * @throws AitraderError what was refused; `NOT_RUNNING`
 */
export async function runVerb(question: Question, options: VerbOptions): Promise<number> {
  const place = placeOf(options);
  const clock = createSystemClock();
  const terms: PrintTerms = { json: options.json === true, view: viewOf(place.config.display.color) };
  for (let attempt = 1; ; attempt += 1) {
    const timeoutMs = ANSWER_MS[verbNamed(question.verb).kind];
    const client = await ControlClient.connect(place.dataDir, { clock, timeoutMs });
    if (client !== null)
      return options.follow === true ? follow(client, question, terms) : ask(client, question, terms);
    try {
      return await askStored(place, question, { ...terms, clock, follow: options.follow === true });
    } catch (failure) {
      const isHeld = failure instanceof AitraderError && failure.code === 'DATA_DIR_LOCKED';
      if (!isHeld) throw failure;
      if (attempt === ATTEMPTS) throw silentHolder(place, failure);
      await new Promise<void>((resolve) => clock.setTimer(BETWEEN_ATTEMPTS_MS, resolve));
    }
  }
}

function silentHolder({ dataDir }: Place, { context }: AitraderError): AitraderError {
  const problem = `pid ${context['pid'] ?? 'unknown'} has no control socket open`;
  return new AitraderError('CONTROL_UNREACHABLE', { path: dataDir, problem });
}

async function ask(client: ControlClient, question: Question, terms: PrintTerms): Promise<number> {
  const answer = await client.ask(question);
  print(question, answer, terms);
  if (question.verb === 'stop' && (await waitForEnd(answer)) && !terms.json) process.stdout.write('it has ended\n');
  return EXIT.done;
}

function print({ verb }: Question, answer: unknown, { json, view }: PrintTerms): void {
  if (json) process.stdout.write(jsonLine(answer));
  else process.stdout.write(printerOf(verb, view).answer(answer));
}

/** One line; what could steer a terminal is escaped in JSON's own way. */
function jsonLine(value: unknown): string {
  return `${printable(JSON.stringify(value))}\n`;
}

/** Prints what is there and what changes until the user, the reader of stdout or the other side has enough. */
async function follow(client: ControlClient, question: Question, { json, view }: PrintTerms): Promise<number> {
  const printer = printerOf(question.verb, view);
  return untilInterrupted(
    () => client.close(),
    async () => {
      for await (const entry of client.follow(question)) {
        process.stdout.write(json ? jsonLine(entry) : printer.entry(entry));
      }
      process.stderr.write('aitrader: the running aitrader hung up\n');
      return EXIT.done;
    },
  );
}

async function askStored(
  place: Place,
  question: Question,
  terms: PrintTerms & { readonly clock: Clock; readonly follow: boolean },
): Promise<number> {
  const verb = verbNamed(question.verb);
  // Who asks a running aitrader need not wait for the store to be loaded.
  const { refuseIfHeld, withStoredDesk } = await import('./stored-desk.ts');
  if (verb.kind === 'acts' || terms.follow) {
    refuseIfHeld(place, terms.clock);
    throw new AitraderError('NOT_RUNNING', { path: place.dataDir });
  }
  const call = verb.call(question.args);
  const answer = await withStoredDesk(place, { clock: terms.clock, make: verb.kind === 'sets' }, (desk) =>
    call.run(desk),
  );
  process.stderr.write(`aitrader: ${aboutStored(place, verb.kind)}\n`);
  print(question, answer, terms);
  return EXIT.done;
}

function aboutStored({ dataDir, money, database }: Place, kind: 'looks' | 'sets'): string {
  const nothingRuns = `nothing is running in ${dataDir};`;
  if (kind === 'looks') {
    const isElsewhere = money !== 'sim' && !existsSync(database) && existsSync(join(dataDir, 'sim.db'));
    const elsewhere = isElsewhere ? '; --sim shows the last simulation' : '';
    return `${nothingRuns} this is what was stored last (${money} money)${elsewhere}`;
  }
  const fresh = money === 'sim' ? '; a simulation starts fresh unless it is started with --keep' : '';
  return `${nothingRuns} stored for the next start with ${money} money${fresh}`;
}
