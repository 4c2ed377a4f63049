import type { Target } from '../../../domain/exits.ts';
import { formatLevel } from '../../../domain/levels.ts';
import type { Level } from '../../../domain/levels.ts';
import { ratioNumber } from './figures.ts';

/** A target as filters write it: its level, or `{ at, part }` when it has a part of its own. */
export type TargetJson = string | { readonly at: string; readonly part: number };

export function levelOrNull(level: Level | null): string | null {
  return level === null ? null : formatLevel(level);
}

export function targetJson({ at, part }: Target): TargetJson {
  return part === null ? formatLevel(at) : { at: formatLevel(at), part: ratioNumber(part) };
}
