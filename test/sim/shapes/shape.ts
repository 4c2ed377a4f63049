/** The form of a JSON value: exactly which keys, and of which types. */
export type Shape =
  | 'text'
  /** A plain decimal number as text. */
  | 'decimal'
  | 'integer'
  | 'number'
  | 'boolean'
  | 'null'
  | { readonly listOf: Shape }
  /** A list with a shape for each place. */
  | { readonly tuple: readonly Shape[] }
  | { readonly anyOf: readonly Shape[] }
  | { readonly keys: Readonly<Record<string, Shape>>; readonly optional?: Readonly<Record<string, Shape>> };

const DECIMAL = /^-?\d+(\.\d+)?$/;

export const keys = (
  shape: Readonly<Record<string, Shape>>,
  optional: Readonly<Record<string, Shape>> = {},
): Shape => ({
  keys: shape,
  optional,
});
export const listOf = (shape: Shape): Shape => ({ listOf: shape });
export const anyOf = (...shapes: readonly Shape[]): Shape => ({ anyOf: shapes });

/** Keys that share a type, such as `of('decimal', 'price qty')`. */
export function of(type: Shape, names: string): Record<string, Shape> {
  return Object.fromEntries(names.split(' ').map((name) => [name, type]));
}

function matchesType(value: unknown, type: Extract<Shape, string>): boolean {
  switch (type) {
    case 'text':
      return typeof value === 'string';
    case 'decimal':
      return typeof value === 'string' && DECIMAL.test(value);
    case 'integer':
      return Number.isSafeInteger(value);
    case 'number':
      return typeof value === 'number' && Number.isFinite(value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'null':
      return value === null;
  }
}

/** Every place where a value is not of the shape: missing keys, keys too many, wrong types. Empty when it fits. */
export function mismatches(value: unknown, shape: Shape, path = '$'): string[] {
  if (typeof shape === 'string') {
    return matchesType(value, shape) ? [] : [`${path}: ${JSON.stringify(value)} is no ${shape}`];
  }
  if ('anyOf' in shape) {
    const tries = shape.anyOf.map((one) => mismatches(value, one, path));
    return tries.some((found) => found.length === 0) ? [] : (tries[0] ?? []);
  }
  if ('listOf' in shape) {
    if (!Array.isArray(value)) return [`${path}: no list`];
    return value.flatMap((entry, index) => mismatches(entry, shape.listOf, `${path}[${index}]`));
  }
  if ('tuple' in shape) {
    if (!Array.isArray(value) || value.length !== shape.tuple.length)
      return [`${path}: not ${shape.tuple.length} entries`];
    return shape.tuple.flatMap((one, index) => mismatches(value[index], one, `${path}[${index}]`));
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${path}: no object`];
  const given = value as Record<string, unknown>;
  const allowed = { ...shape.optional, ...shape.keys };
  const missing = Object.keys(shape.keys).filter((key) => !(key in given));
  const extra = Object.keys(given).filter((key) => !(key in allowed));
  return [
    ...missing.map((key) => `${path}.${key}: missing`),
    ...extra.map((key) => `${path}.${key}: not of the venue`),
    ...Object.entries(allowed).flatMap(([key, one]) =>
      key in given ? mismatches(given[key], one, `${path}.${key}`) : [],
    ),
  ];
}
