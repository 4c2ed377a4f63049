import { nearest } from '../../../../lib/nearest.ts';

/** Names that are looked up without anybody having written them. */
const ASKED_BY_THE_LANGUAGE = ['toJSON', 'then', 'toString', 'valueOf', 'constructor'];

/**
 * A frozen object whose unknown properties throw and name the nearest known ones. Known properties are its own and as fast
 * as any other; only a name that is not found reaches the prototype.
 * @param called how messages name it
 */
export function strictObject<Properties extends object>(called: string, properties: Properties): Readonly<Properties> {
  const known = Object.keys(properties);
  const object = Object.create(refuseUnknown(called, known)) as Properties;
  for (const name of known) {
    Object.defineProperty(object, name, { ...Object.getOwnPropertyDescriptor(properties, name), enumerable: true });
  }
  return Object.freeze(object);
}

/** A prototype on which every name is unknown. */
function refuseUnknown(called: string, known: readonly string[]): object {
  const target = Object.freeze(Object.create(null) as object);
  return new Proxy(target, {
    get(_target, name) {
      if (typeof name === 'symbol' || ASKED_BY_THE_LANGUAGE.includes(name)) return undefined;
      const near = nearest(name, known);
      const hint = near.length > 0 ? `did you mean ${near.join(' or ')}?` : `known are ${known.join(', ')}`;
      throw new TypeError(`${called} has no ${name.slice(0, 40)}; ${hint}`);
    },
  });
}
