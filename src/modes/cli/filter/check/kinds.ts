import type { AnyNode, Pattern } from 'acorn';

import { ta } from '../../../../analysis/indicators/index.ts';
import { globalMember } from './forbidden.ts';
import { isThere } from './syntax.ts';
import type { SyntaxTree } from './syntax.ts';

/**
 * What an expression is known to be: `column` of candles, `series` computed by `ta` (the filter's own), a candle set, or
 * something that holds these; null when that is not known.
 */
export type Kind = 'context' | 'params' | 'by-symbol' | 'by-timeframe' | 'set' | 'column' | 'series' | 'outputs' | null;

const COLUMNS = ['open', 'high', 'low', 'close', 'volume', 'time', 'hl2', 'hlc3'];
const SET_COLUMNS = [...COLUMNS, 'quoteVolume', 'trades', 'buyVolume', 'sellVolume'];
export const CONTEXT_NAMES = [...COLUMNS, 'symbol', 'now', 'ticker', 'candles', 'others', 'position', 'params'];

/** What a property of something is. */
function memberKind(kind: Kind, name: string | null): Kind {
  switch (kind) {
    case 'context':
      if (name === 'candles') return 'by-timeframe';
      if (name === 'others') return 'by-symbol';
      if (name === 'params') return 'params';
      return COLUMNS.includes(name ?? '') ? 'column' : null;
    case 'by-symbol':
      return 'by-timeframe';
    case 'by-timeframe':
      return 'set';
    case 'set':
      return SET_COLUMNS.includes(name ?? '') ? 'column' : null;
    case 'outputs':
      return name === 'length' ? null : 'series';
    case 'params':
    case 'column':
    case 'series':
    case null:
      return null;
  }
}

/** The name of a property where it is written out. */
export function propertyName(key: AnyNode, computed: boolean): string | null {
  if (!computed && key.type === 'Identifier') return key.name;
  return key.type === 'Literal' ? String(key.value) : null;
}

/** Tells what expressions of a filter are, as far as it can be told without running it. */
export class Kinds {
  readonly #tree: SyntaxTree;
  readonly #known = new Map<AnyNode, Kind>();

  constructor(tree: SyntaxTree) {
    this.#tree = tree;
  }

  of(node: AnyNode): Kind {
    const known = this.#known.get(node);
    if (known !== undefined) return known;
    // A definition that refers to itself ends here.
    this.#known.set(node, null);
    const kind = this.#find(node);
    this.#known.set(node, kind);
    return kind;
  }

  isColumn(node: AnyNode): boolean {
    const kind = this.of(node);
    return kind === 'column' || kind === 'series';
  }

  #find(node: AnyNode): Kind {
    switch (node.type) {
      case 'Identifier':
        return this.#ofVariable(node);
      case 'MemberExpression':
        return memberKind(this.of(node.object), propertyName(node.property, node.computed));
      case 'CallExpression':
        return this.#ofCall(node);
      case 'ChainExpression':
      case 'ParenthesizedExpression':
        return this.of(node.expression);
      default:
        return null;
    }
  }

  #ofCall(node: AnyNode & { type: 'CallExpression' }): Kind {
    const { callee } = node;
    const isPlot = callee.type === 'Identifier' && callee.name === 'plot' && this.#tree.variableOf(callee) === null;
    if (isPlot) return node.arguments[1] === undefined ? null : this.of(node.arguments[1]);
    const member = globalMember(callee, this.#tree);
    if (member?.object !== 'ta' || !Object.hasOwn(ta, member.property)) return null;
    if (member.property === 'column') return 'series';
    if (member.property === 'emaRibbon') return 'outputs';
    const called: unknown = ta[member.property as keyof typeof ta];
    if (typeof called !== 'function' || !('indicator' in called)) return null;
    const { outputs } = called.indicator as { outputs: readonly string[] };
    return outputs.length === 1 ? 'series' : 'outputs';
  }

  #ofVariable(identifier: AnyNode): Kind {
    const variable = this.#tree.variableOf(identifier);
    if (variable === null || variable.definition === null || variable.isReassigned) return null;
    const { kind, name, node } = variable.definition;
    if (kind === 'Variable' && node.type === 'VariableDeclarator' && isThere(node.init)) {
      return this.#bound(node.id, name, node.init);
    }
    const isFunction =
      node.type === 'FunctionDeclaration' ||
      node.type === 'FunctionExpression' ||
      node.type === 'ArrowFunctionExpression';
    if (kind !== 'Parameter' || !isFunction || !this.#tree.entries.has(node)) return null;
    const [context] = node.params;
    return context === undefined ? null : this.#inPattern(context, name, 'context');
  }

  /** What a name is in `pattern = value`. */
  #bound(pattern: Pattern, name: AnyNode, value: AnyNode): Kind {
    if (pattern.type === 'ArrayPattern' && value.type === 'ArrayExpression') {
      for (const [at, element] of pattern.elements.entries()) {
        const given = value.elements[at];
        if (element === name && isThere(given) && given.type !== 'SpreadElement') return this.of(given);
      }
    }
    return this.#inPattern(pattern, name, this.of(value));
  }

  #inPattern(pattern: Pattern, name: AnyNode, kind: Kind): Kind {
    if ((pattern as AnyNode) === name) return kind;
    switch (pattern.type) {
      case 'ObjectPattern':
        for (const property of pattern.properties) {
          if (property.type !== 'Property') continue;
          const inner = memberKind(kind, propertyName(property.key, property.computed));
          const found = this.#inPattern(property.value, name, inner);
          if (found !== null) return found;
        }
        return null;
      case 'ArrayPattern':
        for (const element of pattern.elements) {
          const found = element === null ? null : this.#inPattern(element, name, memberKind(kind, null));
          if (found !== null) return found;
        }
        return null;
      case 'AssignmentPattern':
        return this.#inPattern(pattern.left, name, kind);
      case 'Identifier':
      case 'MemberExpression':
      case 'RestElement':
        return null;
    }
  }
}
