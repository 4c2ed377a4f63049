import type { Binding } from '../keys/keymap.ts';
import { KEYMAP } from '../keys/keymap.ts';
import type { Line } from '../style/line.ts';
import { span } from '../style/line.ts';
import { fit } from '../style/text.ts';
import { headline } from './pairs.ts';

const KEYS_WIDTH = 12;
const COLUMN_WIDTH = 70;

function bindingLine({ keys, does }: Binding): Line {
  return [span(` ${fit(keys.join(' '), KEYS_WIDTH)} `, 'accent'), span(fit(does, COLUMN_WIDTH - KEYS_WIDTH - 2))];
}

/** All keys, by what they are for. */
export function helpLines(): Line[] {
  const groups = [...Map.groupBy(KEYMAP, ({ group }) => group)];
  return [
    headline('Keys (Esc closes this)'),
    ...groups.flatMap(([group, bindings]): Line[] => [[], headline(group), ...bindings.map(bindingLine)]),
  ];
}
