import type { AnyNode } from 'acorn';
import { full } from 'acorn-walk';

import type { FilterMeta } from '../../../../domain/filter.ts';
import { nearest } from '../../../../lib/nearest.ts';
import type { Finding } from '../finding.ts';
import { globalMember } from './forbidden.ts';
import { CONTEXT_NAMES, Kinds, propertyName } from './kinds.ts';
import type { Kind } from './kinds.ts';
import { findingAt, isThere } from './syntax.ts';
import type { SyntaxTree } from './syntax.ts';

/** Operators that want numbers; `===` with a column is always false, which is no better. */
const NUMERIC = ['<', '>', '<=', '>=', '+', '-', '*', '/', '%', '**', '==', '!=', '===', '!=='];
const CHANGING_METHODS = ['fill', 'set', 'sort', 'reverse', 'copyWithin'];
const NUMBER_FUNCTIONS = ['isNaN', 'isFinite', 'Number', 'parseFloat'];

interface Texts {
  readonly message: string;
  readonly fix: string;
}

function textOf(node: AnyNode, { source }: SyntaxTree): string {
  return source.slice(node.start, node.end).replace(/\s+/g, ' ').slice(0, 40);
}

/** The parts of an expression that are used as numbers. */
function numberOperands(node: AnyNode, tree: SyntaxTree): readonly AnyNode[] {
  switch (node.type) {
    case 'BinaryExpression':
      return NUMERIC.includes(node.operator) ? [node.left, node.right] : [];
    case 'UnaryExpression':
      return ['+', '-', '~', '!'].includes(node.operator) ? [node.argument] : [];
    case 'AssignmentExpression':
      return node.operator === '=' || node.left.type === 'MemberExpression' ? [] : [node.left, node.right];
    case 'CallExpression': {
      const { callee } = node;
      const isGlobal = callee.type === 'Identifier' && tree.variableOf(callee) === null;
      const takesNumbers =
        (isGlobal && NUMBER_FUNCTIONS.includes(callee.name)) ||
        ['Math', 'Number'].includes(globalMember(callee, tree)?.object ?? '');
      return takesNumbers ? node.arguments : [];
    }
    default:
      return [];
  }
}

/** The column that a node writes into. */
function writtenColumn(node: AnyNode, kinds: Kinds): AnyNode | null {
  const target =
    node.type === 'AssignmentExpression' ? node.left : node.type === 'UpdateExpression' ? node.argument : null;
  if (target?.type === 'MemberExpression') return kinds.of(target.object) === 'column' ? target.object : null;
  if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return null;
  const { object, property, computed } = node.callee;
  const isChanging = CHANGING_METHODS.includes(propertyName(property, computed) ?? '');
  return isChanging && kinds.of(object) === 'column' ? object : null;
}

function isNegative(node: AnyNode): boolean {
  return node.type === 'UnaryExpression' && node.operator === '-' && node.argument.type === 'Literal';
}

/** Columns that are used as numbers or written to, and indices that mean nothing. */
export function findColumnFaults(tree: SyntaxTree): Finding[] {
  const kinds = new Kinds(tree);
  const findings: Finding[] = [];
  full(tree.program, (node) => {
    for (const operand of numberOperands(node, tree)) {
      if (!kinds.isColumn(operand)) continue;
      const text = textOf(operand, tree);
      findings.push(
        findingAt(operand, 'column-as-number', {
          message: `the column ${text} is used as a number`,
          fix: `Take one value: ta.last(${text}), or ta.last(${text}, 1) for the one before.`,
        }),
      );
    }
    const written = writtenColumn(node, kinds);
    if (written !== null) {
      const message = `the column ${textOf(written, tree)} is written to: it belongs to all`;
      const fix = 'Make one of your own: ta.column((i) => ...), or [...column].';
      findings.push(findingAt(node, 'column-write', { message, fix }));
    }
    if (node.type === 'MemberExpression' && node.computed && isNegative(node.property)) {
      const [object, index] = [textOf(node.object, tree), textOf(node.property, tree)];
      const back = Number(index.slice(1)) - 1;
      const fix = `Write ta.last(${object}${back > 0 ? `, ${back}` : ''}) for the value from the end.`;
      findings.push(findingAt(node, 'negative-index', { message: `${object}[${index}] is never there`, fix }));
    }
  });
  return findings;
}

function unknownName(what: string, name: string, known: readonly string[]): Texts {
  const near = nearest(name, known);
  const fix = near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `Known are ${known.join(', ') || 'none'}.`;
  return { message: `${what} has no ${name.slice(0, 40)}`, fix };
}

/** What has names of its own, and which; null for anything else. Without meta only the context is known. */
function knownNames(kind: Kind, meta: FilterMeta | null): readonly [what: string, known: readonly string[]] | null {
  if (kind === 'context') return ['the context of a check', CONTEXT_NAMES];
  if (meta === null) return null;
  if (kind === 'params') return ['meta.params', Object.keys(meta.params)];
  if (kind === 'by-timeframe') return ['meta.timeframes', meta.timeframes];
  return kind === 'by-symbol' ? ['meta.references', meta.references] : null;
}

/**
 * Names that the context of a check, `params`, `candles` and `others` do not have.
 * @param meta null while it cannot be read
 */
export function findUnknownNames(tree: SyntaxTree, meta: FilterMeta | null): Finding[] {
  const kinds = new Kinds(tree);
  const findings: Finding[] = [];
  const judge = (node: AnyNode, kind: Kind, name: string | null): void => {
    const [what, known] = knownNames(kind, meta) ?? [];
    if (name === null || what === undefined || known === undefined || known.includes(name)) return;
    findings.push(findingAt(node, 'unknown-name', unknownName(what, name, known)));
  };
  const judgePattern = (pattern: AnyNode, kind: Kind): void => {
    if (pattern.type !== 'ObjectPattern') return;
    for (const property of pattern.properties) {
      if (property.type === 'Property') judge(property, kind, propertyName(property.key, property.computed));
    }
  };
  for (const entry of tree.entries) {
    if ('params' in entry && entry.params[0] !== undefined) judgePattern(entry.params[0], 'context');
  }
  full(tree.program, (node) => {
    if (node.type === 'MemberExpression') {
      judge(node, kinds.of(node.object), propertyName(node.property, node.computed));
    }
    if (node.type === 'VariableDeclarator' && isThere(node.init)) judgePattern(node.id, kinds.of(node.init));
  });
  return findings;
}
