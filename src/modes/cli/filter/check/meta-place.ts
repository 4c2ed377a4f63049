import type { AnyNode } from 'acorn';

import type { Finding } from '../finding.ts';
import { propertyName } from './kinds.ts';
import { placeOf } from './syntax.ts';
import type { SyntaxTree } from './syntax.ts';

/** The node of a name that the module declares at its top. */
function declared(tree: SyntaxTree, name: string): AnyNode | null {
  for (const statement of tree.program.body) {
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    if (declaration?.type === 'FunctionDeclaration' && declaration.id?.name === name) return declaration;
    if (declaration?.type !== 'VariableDeclaration') continue;
    const found = declaration.declarations.find(({ id }) => id.type === 'Identifier' && id.name === name);
    if (found !== undefined) return found;
  }
  return null;
}

/** The deepest property on a path such as `meta.params.period` that is written out. */
function onPath(tree: SyntaxTree, path: readonly string[]): AnyNode | null {
  const root = declared(tree, path[0] ?? '');
  let node = root;
  let value = root?.type === 'VariableDeclarator' ? root.init : null;
  for (const name of path.slice(1)) {
    if (value?.type !== 'ObjectExpression') break;
    const property = value.properties.find(
      (each) => each.type === 'Property' && propertyName(each.key, each.computed) === name,
    );
    if (property?.type !== 'Property') break;
    node = property;
    value = property.value;
  }
  return node;
}

/** The first variable of the module that could carry something from call to call. */
function keptBetweenCalls(tree: SyntaxTree): AnyNode | null {
  for (const statement of tree.program.body) {
    if (statement.type !== 'VariableDeclaration') continue;
    const isHolder = (init: AnyNode | null | undefined): boolean =>
      statement.kind !== 'const' || ['NewExpression', 'ArrayExpression', 'ObjectExpression'].includes(init?.type ?? '');
    const found = statement.declarations.find(({ init }) => isHolder(init));
    if (found !== undefined) return found;
  }
  return null;
}

/** Gives a finding without a place the one that it is about: the part of `meta` that it names, else `check`. */
export function withPlace(finding: Finding, tree: SyntaxTree): Finding {
  if (finding.line !== null) return finding;
  const kept = finding.code === 'impure' ? keptBetweenCalls(tree) : null;
  if (kept !== null) return { ...finding, ...placeOf(kept) };
  const [path = ''] = /\bmeta(?:\.\w+)*/.exec(finding.message) ?? [];
  const unknown = /has no '(\w+)'/.exec(finding.message)?.[1];
  const names = path.split('.').concat(unknown ?? []);
  const node = finding.code === 'meta' ? (onPath(tree, names) ?? declared(tree, 'meta')) : declared(tree, 'check');
  return { ...finding, ...(node === null ? { line: 1, column: 1 } : placeOf(node)) };
}
