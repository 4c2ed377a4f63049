import type { Filter } from '../../../domain/filter.ts';
import type { FilterForm, FilterSourceForm } from '../wire/forms.ts';
import { scheduleText } from './figures.ts';

/** A filter as the API gives it, without its code. */
export function filterJson(filter: Filter): FilterForm {
  const { meta } = filter;
  return {
    id: filter.id,
    name: filter.name,
    title: meta.name,
    description: meta.description,
    origin: filter.origin,
    timeframes: meta.timeframes,
    every: scheduleText(meta.schedule),
    lookback: meta.lookback,
    references: meta.references,
    sides: meta.sides,
    top: meta.top,
    params: meta.params,
    sourceHash: filter.sourceHash,
    createdAt: filter.createdAt,
    updatedAt: filter.updatedAt,
  };
}

export function filterSourceJson(filter: Filter): FilterSourceForm {
  return { ...filterJson(filter), source: filter.source };
}
