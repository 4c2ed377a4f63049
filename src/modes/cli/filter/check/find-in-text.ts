import type { FilterMeta } from '../../../../domain/filter.ts';
import type { Finding } from '../finding.ts';
import { findColumnFaults, findUnknownNames } from './column-rules.ts';
import { findForbidden } from './forbidden.ts';
import type { SyntaxTree } from './syntax.ts';

/**
 * Everything that the text of a filter shows without running it.
 * @param meta null when it cannot be read: names that it declares are then not judged
 */
export function findInText(tree: SyntaxTree, meta: FilterMeta | null): Finding[] {
  return [...findForbidden(tree), ...findColumnFaults(tree), ...findUnknownNames(tree, meta)];
}
