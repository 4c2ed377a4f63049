import { pageLines } from '../pages/page.ts';
import type { Line } from '../style/line.ts';
import { span } from '../style/line.ts';
import { fitLine } from '../style/text.ts';
import type { Notice, Page } from '../ui/state.ts';
import { PANELS } from '../ui/state.ts';
import type { PanelId } from '../ui/state.ts';
import { beside, framed, insideFrame } from './blocks.ts';
import type { Block, Size } from './blocks.ts';
import { footerLines } from './footer.ts';
import { headerLines } from './header.ts';
import type { Area, ScreenKind } from './layout.ts';
import { gridArea, screenKind, tooSmallText } from './layout.ts';
import type { Scene } from './panel-block.ts';
import { PANEL_NAMES, panelBlock } from './panel-block.ts';

export interface FrameScene extends Scene {
  /** What the last action came to, while it is shown. */
  readonly said: Notice | null;
}

export interface Frame {
  /** As many lines as the screen has rows, or fewer, each as wide as the screen. */
  readonly lines: readonly Line[];
  /** How many rows a page of the panel in focus has. */
  readonly pageRows: number;
  /** The first line that is shown of an open page: never beyond its end. */
  readonly pageTop: number;
  /** False: there was no room for more than to say so. */
  readonly isReadable: boolean;
}

function areaBlock(area: Area, scene: Scene): Block {
  switch (area.kind) {
    case 'panel':
      return panelBlock(area.panel, scene, area.size);
    case 'columns':
      return beside(...area.areas.map((each) => areaBlock(each, scene)));
    case 'rows':
      return area.areas.flatMap((each) => areaBlock(each, scene));
  }
}

function tabLine({ ui }: Scene, width: number): Line {
  const cells = PANELS.map((panel, at) => {
    const name = `${at + 1} ${PANEL_NAMES[panel]}`;
    return panel === ui.panel ? span(`[${name}]`, 'strong') : span(` ${name} `, 'dim');
  });
  return fitLine(cells, width);
}

function pageTitle(page: Page): string {
  if (page.kind === 'answer') return page.title;
  return { help: 'Keys', statistics: 'Statistics', details: 'Details' }[page.kind];
}

interface Body {
  readonly lines: Block;
  readonly pageTop: number;
  readonly pageRows: number;
}

/** The frame's edges and the titles of the columns. */
const ROWS_AROUND_LIST = 3;

/** The height that a panel has in the area, null when it is not there. */
function heightOf(panel: PanelId, area: Area): number | null {
  if (area.kind === 'panel') return area.panel === panel ? area.size.height : null;
  return area.areas.map((each) => heightOf(panel, each)).find((height) => height !== null) ?? null;
}

function pageBody(scene: Scene, { page, top }: { page: Page; top: number }, size: Size): Body {
  const inside = insideFrame(size);
  const all = pageLines(page, scene.view, inside);
  const pageTop = Math.max(0, Math.min(top, all.length - inside.height));
  const more = all.length - pageTop - inside.height;
  const terms = { title: pageTitle(page), note: more > 0 ? `${more} more lines below` : '', isFocused: true };
  return { lines: framed(all.slice(pageTop), terms, size), pageTop, pageRows: inside.height };
}

function body(scene: Scene, size: Size, kind: Exclude<ScreenKind, 'too_small'>): Body {
  const { ui } = scene;
  const { mode } = ui;
  if (mode.kind === 'page') return pageBody(scene, mode, size);
  if (kind === 'tabs') {
    const panel = panelBlock(ui.panel, scene, { ...size, height: size.height - 1 });
    const pageRows = panel.length - ROWS_AROUND_LIST;
    return { lines: [tabLine(scene, size.width), ...panel], pageTop: 0, pageRows };
  }
  const area = gridArea(ui.panel, size);
  const pageRows = (heightOf(ui.panel, area) ?? size.height) - ROWS_AROUND_LIST;
  return { lines: areaBlock(area, scene), pageTop: 0, pageRows };
}

/** The whole screen. Pure: the same scene and size give the same lines. */
export function drawFrame(scene: FrameScene, size: Size): Frame {
  const kind = screenKind(size, scene.ui.isEnlarged);
  if (kind === 'too_small') {
    return { lines: [fitLine([span(tooSmallText(size))], size.width)], pageRows: 1, pageTop: 0, isReadable: false };
  }
  const header = headerLines(scene.view, size.width);
  const footer = footerLines(scene, size.width);
  const height = size.height - header.length - footer.length;
  const { lines, pageTop, pageRows } = body(scene, { width: size.width, height }, kind);
  return { lines: [...header, ...lines, ...footer], pageRows: Math.max(1, pageRows), pageTop, isReadable: true };
}
