/**
 * The project's own lint rules. Most are a table: a selector of syntax (https://eslint.org/docs/latest/extend/selectors)
 * and what to do instead. eslint.config.js says which folders each rule holds in.
 */
import { basename } from 'node:path';
import type { ESLint, Rule } from 'eslint';

/** Forbids every syntax that a key of `advice` selects; the value is the message, the key its id. */
function forbid(advice: Record<string, string>): Rule.RuleModule {
  const report = (context: Rule.RuleContext, messageId: string) => (node: Rule.Node) =>
    context.report({ node, messageId });
  return {
    meta: { messages: advice },
    create: (context) =>
      Object.fromEntries(Object.keys(advice).map((selector) => [selector, report(context, selector)])),
  };
}

const kebabCaseFiles: Rule.RuleModule = {
  meta: { messages: { name: "Name files in kebab-case, like 'order-book.ts'; this one is '{{name}}'." } },
  create: (context) => ({
    Program(node) {
      const name = basename(context.filename);
      if (/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)*$/.test(name)) return;
      context.report({ node, messageId: 'name', data: { name } });
    },
  }),
};

/** Local time and the user's language are environment as well: two machines would give two answers. */
const LOCAL_CALL =
  'CallExpression[callee.property.name=/^(toLocale.*|localeCompare|getTimezoneOffset|[gs]et(Full)?(Year|Month|Date|Day|Hours|Minutes))$/]';

const rules: Record<string, Rule.RuleModule> = {
  'kebab-case-files': kebabCaseFiles,

  'no-ambient': forbid({
    "MemberExpression[object.name='Date'][property.name='now']": 'Ask the Clock port for the time.',
    "NewExpression[callee.name='Date'][arguments.length=0]": 'Ask the Clock port for the time.',
    "NewExpression[callee.name='Date'][arguments.length>1]": 'Use Date.UTC: this reads the time zone of the machine.',
    "CallExpression[callee.name='Date']": 'Ask the Clock port for the time.',
    "MemberExpression[object.name='Math'][property.name='random']":
      'Take chance from the IdSource or a seeded generator.',
    "MemberExpression[object.name='AbortSignal'][property.name='timeout']": 'Let the Clock port end the wait.',
    [LOCAL_CALL]: 'Use UTC and code point order: the machine and its user must not change a result.',
  }),

  'env-only-in-config': forbid({
    "MemberExpression[object.name='process'][property.name='env']": 'Only src/config reads the environment.',
    'ImportDeclaration[source.value=/^(node:)?process$/]':
      'Use the global `process`; its environment only in src/config.',
  }),

  'packable-layout': forbid({
    'AwaitExpression:not(:function *)': 'No top-level await: the packed executable cannot hold it.',
    'ForOfStatement[await=true]:not(:function *)': 'No top-level await: the packed executable cannot hold it.',
    "ImportExpression[source.type!='Literal']": 'Write the imported path out: the packer cannot follow a computed one.',
    "MetaProperty[meta.name='import']": 'Only src/modes/assets.ts knows where files lie; ask it.',
  }),

  'named-exports': forbid({
    ExportDefaultDeclaration: 'Export by name.',
    "ExportSpecifier[exported.name='default']": 'Export by name.',
  }),

  'import-with-extension': forbid({
    ':matches(ImportDeclaration, ExportNamedDeclaration, ExportAllDeclaration, ImportExpression)[source.value=/^[.](?!.*[.](tsx?|json)$)/]':
      'End a relative import in .ts, the name of the file that is there.',
  }),

  'no-focused-tests': forbid({
    'MemberExpression[object.name=/^(describe|it|test|suite|bench)$/][property.name=/^(only|skip|todo)$/]':
      'Run the test, or give the reason with skipIf.',
  }),
};

export const plugin = { meta: { name: 'aitrader' }, rules } satisfies ESLint.Plugin;
