import type { DeskView } from '../desk/view.ts';
import { positionChart } from '../pages/position.ts';
import type { Listing } from '../panels/listing.ts';
import type { Line } from '../style/line.ts';
import { listingOf } from '../ui/lists.ts';
import { chosenIndex, listOf, PANELS, POSITION_TABS } from '../ui/state.ts';
import type { PanelId, PositionTab, UiState } from '../ui/state.ts';
import type { Block, Size } from './blocks.ts';
import { beside, block, framed, insideFrame } from './blocks.ts';

export interface Scene {
  readonly view: DeskView;
  readonly ui: UiState;
}

export const PANEL_NAMES: Readonly<Record<PanelId, string>> = {
  markets: 'Markets',
  traders: 'Traders',
  signals: 'Signals',
  positions: 'Positions',
  ai: 'AI',
  logs: 'Logs',
  deploy: 'Deploy',
};

const TAB_NAMES: Readonly<Record<PositionTab, string>> = { open: 'Open', closed: 'Closed', orders: 'Orders' };

/** The chosen tab stands in brackets. */
function tabsWord({ view, ui }: Scene): string {
  const counts: Readonly<Record<PositionTab, number>> = {
    open: view.positions.length,
    closed: view.trades.length,
    orders: view.orders.length,
  };
  const words = POSITION_TABS.map((tab) => {
    const word = `${TAB_NAMES[tab]} ${counts[tab]}`;
    return tab === ui.tab ? `[${word}]` : word;
  });
  return words.join(' ');
}

function panelTitle(panel: PanelId, scene: Scene): string {
  const name = `${PANELS.indexOf(panel) + 1} ${PANEL_NAMES[panel]}`;
  return panel === 'positions' ? `${name} ${tabsWord(scene)}` : name;
}

function noteOf(of: Listing, chosen: number | null, ui: UiState): string {
  const words = [
    ...(of.sortedBy === null ? [] : [`by ${of.sortedBy}`]),
    ...(ui.find === '' ? [] : [`/${ui.find}`]),
    ...(of.follows ? [chosen === null ? 'follow' : 'hold, G follows'] : []),
    ...(of.isText || of.keys.length === 0 || chosen === null ? [] : [`${chosen + 1}/${of.keys.length}`]),
  ];
  return words.join(' · ');
}

/** From this width on the chosen position's chart stands beside the list. */
const CHART_FROM_WIDTH = 120;

function withChart(lines: readonly Line[], scene: Scene, { chosen, size }: { chosen: string; size: Size }): Block {
  const position = scene.view.positions.find(({ id }) => id === chosen);
  const width = Math.floor(size.width * 0.4);
  const listSize = { width: size.width - width, height: size.height };
  const chart = position === undefined ? [] : positionChart(position, scene.view, { width, height: size.height });
  return beside(block(lines, listSize), block(chart, { width, height: size.height }));
}

/** A panel in its frame. The keys act on the panel in focus, whose chosen row is marked. */
export function panelBlock(panel: PanelId, scene: Scene, size: Size): Block {
  const { ui } = scene;
  const list = listOf(panel, ui.tab);
  const inside = insideFrame(size);
  const of = listingOf(list, scene, inside.width);
  const isFocused = panel === ui.panel;
  const index = chosenIndex(ui, list, of);
  const hasChart = list === 'open' && inside.width >= CHART_FROM_WIDTH && of.keys.length > 0;
  const listWidth = hasChart ? inside.width - Math.floor(inside.width * 0.4) : inside.width;
  const lines = of.draw(listWidth, inside.height, isFocused ? index : null);
  const terms = {
    title: panelTitle(panel, scene),
    note: isFocused ? noteOf(of, index, ui) : '',
    isFocused,
  };
  const chosen = of.keys[index ?? 0];
  const content = hasChart && chosen !== undefined ? withChart(lines, scene, { chosen, size: inside }) : lines;
  return framed(content, terms, size);
}
