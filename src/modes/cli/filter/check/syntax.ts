import { parse } from 'acorn';
import type { AnyNode, Function as FunctionNode, Identifier, Program } from 'acorn';
import { analyze } from 'eslint-scope';
import type { Variable as ScopeVariable } from 'eslint-scope';

import type { Finding, FindingCode } from '../finding.ts';

/** Something that a filter declares. */
export interface Variable {
  readonly name: string;
  readonly definition: { readonly kind: string; readonly name: AnyNode; readonly node: AnyNode } | null;
  /** Whether its value may be another one than that of its definition. */
  readonly isReassigned: boolean;
}

/** A filter's source, read. */
export interface SyntaxTree {
  readonly source: string;
  readonly program: Program;
  /** The variable that a name means where it stands; null for globals. */
  variableOf(identifier: AnyNode): Variable | null;
  /** Names that the filter uses and does not declare. */
  readonly globals: readonly Identifier[];
  /** Names that it declares somewhere. */
  readonly declared: readonly string[];
  /** The functions that it exports as `check` and `manage`. */
  readonly entries: ReadonlySet<AnyNode>;
}

/** Whether an optional part of a node is written. */
export function isThere<Part>(part: Part | null | undefined): part is Part {
  return part !== null && part !== undefined;
}

/** Where a node begins, columns from 1. */
export function placeOf(node: AnyNode | Identifier): { readonly line: number; readonly column: number } {
  const start = node.loc?.start ?? { line: 1, column: 0 };
  return { line: start.line, column: start.column + 1 };
}

export function findingAt(node: AnyNode, code: FindingCode, texts: { message: string; fix: string }): Finding {
  return { ...placeOf(node), code, ...texts };
}

function variableFrom({ name, defs, references }: ScopeVariable): Variable {
  const [definition] = defs;
  const writes = references.filter((reference) => reference.isWrite() && reference.init !== true);
  return {
    name,
    definition:
      definition === undefined
        ? null
        : { kind: definition.type, name: definition.name as AnyNode, node: definition.node as AnyNode },
    isReassigned: writes.length > 0 || defs.length > 1,
  };
}

/** The functions behind the names that are exported as `check` and `manage`. */
function entriesOf(program: Program): Set<AnyNode> {
  const functions = new Map<string, FunctionNode>();
  const exported = new Map<string, string>();
  for (const statement of program.body) {
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    if (declaration?.type === 'FunctionDeclaration' && declaration.id !== null) {
      functions.set(declaration.id.name, declaration);
    }
    if (declaration?.type === 'VariableDeclaration') {
      for (const { id, init } of declaration.declarations) {
        const isFunction = init?.type === 'ArrowFunctionExpression' || init?.type === 'FunctionExpression';
        if (id.type === 'Identifier' && isFunction) functions.set(id.name, init);
      }
    }
    if (statement.type !== 'ExportNamedDeclaration') continue;
    for (const name of functions.keys()) if (isThere(statement.declaration)) exported.set(name, name);
    for (const { exported: outer, local } of statement.specifiers) {
      if (outer.type === 'Identifier' && local.type === 'Identifier') exported.set(outer.name, local.name);
    }
  }
  const found = ['check', 'manage'].map((name) => functions.get(exported.get(name) ?? ''));
  return new Set(found.filter((each) => each !== undefined) as AnyNode[]);
}

function treeOf(source: string, program: Program): SyntaxTree {
  const scopes = analyze(program as unknown as Parameters<typeof analyze>[0], {
    ecmaVersion: 2024,
    sourceType: 'module',
    ignoreEval: true,
  });
  const byIdentifier = new Map<unknown, Variable>();
  for (const scope of scopes.scopes) {
    for (const variable of scope.variables) {
      const own = variableFrom(variable);
      for (const { identifier } of variable.references) byIdentifier.set(identifier, own);
      for (const identifier of variable.identifiers) byIdentifier.set(identifier, own);
    }
  }
  const through = scopes.globalScope?.through ?? [];
  return {
    source,
    program,
    variableOf: (identifier) => byIdentifier.get(identifier) ?? null,
    globals: through.map(({ identifier }) => identifier as unknown as Identifier),
    declared: [...new Set(scopes.scopes.flatMap((scope) => scope.variables.map(({ name }) => name)))],
    entries: entriesOf(program),
  };
}

/** Reads a filter's source, or tells where it is no JavaScript module. */
export function readSyntax(source: string): SyntaxTree | Finding {
  try {
    return treeOf(
      source,
      parse(source, { ecmaVersion: 'latest', sourceType: 'module', locations: true, ranges: true }),
    );
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown;
    const { line = 1, column = 0 } = (thrown as { loc?: { line: number; column: number } }).loc ?? {};
    const [text = ''] = source.split('\n').slice(line - 1);
    const message = `${thrown.message.replace(/ \(\d+:\d+\)$/, '')}: ${text.trim().slice(0, 80)}`;
    return { line, column: column + 1, code: 'syntax', message, fix: fixOf(thrown.message, text.slice(column)) };
  }
}

function fixOf(message: string, rest: string): string {
  if (/await/.test(message) || rest.startsWith('await')) {
    return 'Remove `await`: a filter computes from what it is given, at once.';
  }
  if (/Unterminated/.test(message)) return 'Close the text, comment or expression that begins there.';
  if (/already been declared/.test(message)) return 'Give one of the two another name.';
  if (rest.trim() === '') return 'Something before it is not closed: count the brackets.';
  return 'Mend it there or just before: a missing bracket, comma or operator.';
}
