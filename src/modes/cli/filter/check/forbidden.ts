import type { AnyNode } from 'acorn';
import { full } from 'acorn-walk';

import { ta } from '../../../../analysis/indicators/index.ts';
import { nearest } from '../../../../lib/nearest.ts';
import type { Finding } from '../finding.ts';
import { findingAt, isThere } from './syntax.ts';
import type { SyntaxTree } from './syntax.ts';

const NO_CLOCK = 'Use `now` of the context: the moment of the check.';
const NO_CHANCE = 'A filter gives the same answer each time; vary `params` instead.';
const NO_CODE = 'Write the code itself: text is never run as code.';
const NO_OUTSIDE = 'Use what the context gives; a filter reaches nothing outside.';
const AT_ONCE = 'Make it a plain function: a filter computes from what it is given, at once.';
const NO_IMPORT = 'Remove it: `ta` and `plot` are global, and helpers are written into the file.';
const TO_SEE = 'Return it as `metadata`, or show it with `plot(name, value)`.';

/** Names that JavaScript knows elsewhere and a filter has not. */
const ABSENT: Readonly<Record<string, string>> = {
  eval: NO_CODE,
  Function: NO_CODE,
  WebAssembly: NO_CODE,
  SharedArrayBuffer: 'Use a plain array or Float64Array.',
  Atomics: 'Use plain arrays: a filter runs alone.',
  WeakRef: 'Keep the value itself, for the length of a check.',
  FinalizationRegistry: 'Nothing is to be kept from check to check.',
  Intl: 'Write `x.toFixed(2)` or `x.toPrecision(6)`.',
  console: TO_SEE,
  alert: TO_SEE,
  performance: NO_CLOCK,
  setTimeout: AT_ONCE,
  setInterval: AT_ONCE,
  setImmediate: AT_ONCE,
  queueMicrotask: AT_ONCE,
  fetch: NO_OUTSIDE,
  XMLHttpRequest: NO_OUTSIDE,
  WebSocket: NO_OUTSIDE,
  process: NO_OUTSIDE,
  window: NO_OUTSIDE,
  document: NO_OUTSIDE,
  global: NO_OUTSIDE,
  crypto: NO_CHANCE,
  require: NO_IMPORT,
  module: 'Write `export const meta` and `export function check`.',
  exports: 'Write `export const meta` and `export function check`.',
};

/** What a filter finds beside the language's own syntax. */
const PRESENT = [
  ...['ta', 'plot', 'globalThis', 'undefined', 'NaN', 'Infinity', 'arguments'],
  ...['Object', 'Array', 'Number', 'String', 'Boolean', 'Symbol', 'BigInt', 'Math', 'JSON', 'Date', 'RegExp'],
  ...['Map', 'Set', 'WeakMap', 'WeakSet', 'Promise', 'Proxy', 'Reflect', 'Iterator', 'ArrayBuffer', 'DataView'],
  ...['Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array'],
  ...['Float32Array', 'Float64Array', 'BigInt64Array', 'BigUint64Array', 'isNaN', 'isFinite', 'parseInt'],
  ...['parseFloat', 'encodeURI', 'encodeURIComponent', 'decodeURI', 'decodeURIComponent', 'escape', 'unescape'],
  ...['Error', 'TypeError', 'RangeError', 'SyntaxError', 'ReferenceError', 'EvalError', 'URIError', 'AggregateError'],
];

/** The name of a global property such as `Math.random`, null for anything else. */
export function globalMember(node: AnyNode, tree: SyntaxTree): { object: string; property: string } | null {
  if (node.type !== 'MemberExpression' || node.object.type !== 'Identifier') return null;
  if (tree.variableOf(node.object) !== null) return null;
  const { property, computed } = node;
  if (!computed && property.type === 'Identifier') return { object: node.object.name, property: property.name };
  const isName = property.type === 'Literal' && typeof property.value === 'string';
  return isName ? { object: node.object.name, property: String(property.value) } : null;
}

function isGlobal(node: AnyNode, name: string, tree: SyntaxTree): boolean {
  return node.type === 'Identifier' && node.name === name && tree.variableOf(node) === null;
}

/** What is wrong with a piece of syntax as such, null when nothing is. */
function forbidden(node: AnyNode, tree: SyntaxTree): { message: string; fix: string } | null {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ImportExpression':
      return { message: 'a filter imports nothing', fix: NO_IMPORT };
    case 'ExportAllDeclaration':
      return { message: 'a filter takes nothing from another file', fix: NO_IMPORT };
    case 'ExportNamedDeclaration':
      return !isThere(node.source) ? null : { message: 'a filter takes nothing from another file', fix: NO_IMPORT };
    case 'MetaProperty':
      return node.meta.name === 'import' ? { message: 'import.meta is not there in a filter', fix: NO_OUTSIDE } : null;
    case 'AwaitExpression':
      return { message: 'a filter does not wait', fix: AT_ONCE };
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression': {
      if (node.async) return { message: 'a filter has no async functions', fix: AT_ONCE };
      return node.generator ? { message: 'a filter has no generators', fix: AT_ONCE } : null;
    }
    case 'NewExpression':
    case 'CallExpression': {
      const isNow =
        isGlobal(node.callee, 'Date', tree) && (node.type === 'CallExpression' || node.arguments.length === 0);
      return isNow ? { message: 'the current time is not there in a filter', fix: NO_CLOCK } : null;
    }
    case 'MemberExpression': {
      const member = globalMember(node, tree);
      const called = member === null ? '' : `${member.object}.${member.property}`;
      if (called === 'Date.now') return { message: 'the current time is not there in a filter', fix: NO_CLOCK };
      if (called === 'Math.random') return { message: 'chance is not there in a filter', fix: NO_CHANCE };
      return null;
    }
    default:
      return null;
  }
}

/** `ta.x` that `ta` does not have. */
function unknownFunction(node: AnyNode, tree: SyntaxTree): { message: string; fix: string } | null {
  const member = globalMember(node, tree);
  if (member?.object !== 'ta' || Object.hasOwn(ta, member.property)) return null;
  const near = nearest(member.property, Object.keys(ta));
  const fix = near.length > 0 ? `Did you mean ta.${near.join(' or ta.')}?` : '`aitrader filter guide` lists them all.';
  return { message: `ta has no ${member.property.slice(0, 40)}`, fix };
}

/** Constructs that a filter may not use, names that it does not declare, and functions that `ta` has not. */
export function findForbidden(tree: SyntaxTree): Finding[] {
  const findings: Finding[] = [];
  full(tree.program, (node) => {
    const wrong = forbidden(node, tree);
    if (wrong !== null) findings.push(findingAt(node, 'forbidden', wrong));
    const unknown = unknownFunction(node, tree);
    if (unknown !== null) findings.push(findingAt(node, 'unknown-name', unknown));
  });
  for (const identifier of tree.globals) {
    const { name } = identifier;
    if (PRESENT.includes(name)) continue;
    const instead = Object.hasOwn(ABSENT, name) ? ABSENT[name] : undefined;
    if (instead !== undefined) {
      findings.push(findingAt(identifier, 'forbidden', { message: `${name} is not there in a filter`, fix: instead }));
      continue;
    }
    const isOfTa = Object.hasOwn(ta, name);
    const near = nearest(name, [...tree.declared, ...PRESENT]);
    const hint =
      near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `Declare it: const ${name.slice(0, 40)} = ...`;
    const fix = isOfTa ? `Write ta.${name}(...).` : hint;
    findings.push(findingAt(identifier, 'undeclared', { message: `${name.slice(0, 40)} is not declared`, fix }));
  }
  return findings;
}
