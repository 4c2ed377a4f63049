import type { PanelId } from '../ui/state.ts';
import type { Size } from './blocks.ts';

const SMALLEST: Size = { width: 60, height: 16 };
const SMALLEST_GRID: Size = { width: 120, height: 30 };
/** From here on two panels stand side by side at the right of Markets. */
const WIDE_GRID_WIDTH = 180;

/** A panel with the room it gets, or panels above or beside one another. */
export type Area =
  | { readonly kind: 'panel'; readonly panel: PanelId; readonly size: Size }
  | { readonly kind: 'rows'; readonly areas: readonly Area[] }
  | { readonly kind: 'columns'; readonly areas: readonly Area[] };

export type ScreenKind = 'too_small' | 'tabs' | 'grid';

export function screenKind({ width, height }: Size, isEnlarged: boolean): ScreenKind {
  if (width < SMALLEST.width || height < SMALLEST.height) return 'too_small';
  const hasRoom = width >= SMALLEST_GRID.width && height >= SMALLEST_GRID.height;
  return hasRoom && !isEnlarged ? 'grid' : 'tabs';
}

export function tooSmallText({ width, height }: Size): string {
  return `aitrader needs ${SMALLEST.width}x${SMALLEST.height}, this terminal is ${width}x${height}`;
}

function panel(of: PanelId, width: number, height: number): Area {
  return { kind: 'panel', panel: of, size: { width, height } };
}

/** Parts of a length by these shares; the last takes the rest. */
function shared(length: number, shares: readonly number[]): number[] {
  const parts = shares.map((share) => Math.floor(length * share));
  return [...parts, length - parts.reduce((sum, part) => sum + part, 0)];
}

/** AI (or Deploy, while it has the keys) and Logs side by side. */
function lowest(focus: PanelId, { width, height }: Size): Area {
  const [left = 0, right = 0] = shared(width, [0.38]);
  return {
    kind: 'columns',
    areas: [panel(focus === 'deploy' ? 'deploy' : 'ai', left, height), panel('logs', right, height)],
  };
}

/** All panels at once: Markets at the left in full height, the others in rows at its right. */
export function gridArea(focus: PanelId, size: Size): Area {
  const isWide = size.width >= WIDE_GRID_WIDTH;
  const marketsWidth = isWide ? 62 : 42;
  const width = size.width - marketsWidth;
  const markets = panel('markets', marketsWidth, size.height);
  if (isWide) {
    const [top = 0, middle = 0, bottom = 0] = shared(size.height, [0.27, 0.42]);
    const [left = 0, right = 0] = shared(width, [0.5]);
    const upper: Area = { kind: 'columns', areas: [panel('traders', left, top), panel('signals', right, top)] };
    const rows = [upper, panel('positions', width, middle), lowest(focus, { width, height: bottom })];
    return { kind: 'columns', areas: [markets, { kind: 'rows', areas: rows }] };
  }
  const [first = 0, second = 0, third = 0, fourth = 0] = shared(size.height, [0.22, 0.25, 0.3]);
  const rows = [
    panel('traders', width, first),
    panel('signals', width, second),
    panel('positions', width, third),
    lowest(focus, { width, height: fourth }),
  ];
  return { kind: 'columns', areas: [markets, { kind: 'rows', areas: rows }] };
}
