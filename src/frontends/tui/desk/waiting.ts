import type { NearMiss } from '../../../ports/filter-sandbox.ts';
import { countdownWord } from '../panels/traders.ts';
import { missWord } from '../panels/words.ts';
import type { Line } from '../style/line.ts';
import { span } from '../style/line.ts';
import type { DeskView } from './view.ts';

/** How far the nearest figure is from its level, as a share of the level; Infinity where nothing is measured. */
function distance({ plots }: NearMiss): number {
  const distances = plots.flatMap(({ value, level }) =>
    level === null || level === 0 ? [] : [Math.abs((value - level) / level)],
  );
  return Math.min(Infinity, ...distances.filter((each) => !Number.isNaN(each)));
}

/** What the desk waits for while nothing happens: the next check, and the symbol nearest to its trigger. */
export function waitingLine(view: DeskView): Line {
  const { traders, now } = view;
  const running = traders.filter(({ trader }) => trader.state.status === 'running');
  const [next] = running
    .flatMap(({ trader, nextCheckAt }) =>
      nextCheckAt === null ? [] : [{ name: view.traderName(trader.id), nextCheckAt }],
    )
    .sort((one, other) => one.nextCheckAt - other.nextCheckAt);
  const [near] = running
    .flatMap(({ trader, funnel }) => (funnel.nearestMiss === null ? [] : [{ trader, miss: funnel.nearestMiss }]))
    .sort((one, other) => distance(one.miss) - distance(other.miss));
  const words = [
    ...(next === undefined ? [] : [`next check in ${countdownWord(next.nextCheckAt, now)} (${next.name})`]),
    ...(near === undefined ? [] : [`nearest: ${missWord(near.miss)} (${view.traderName(near.trader.id)})`]),
  ];
  return words.length === 0 ? [] : [span(words.join(' · '), 'dim')];
}
