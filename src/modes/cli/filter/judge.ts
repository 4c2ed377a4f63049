import type { FilterMeta } from '../../../domain/filter.ts';
import { findInText } from './check/find-in-text.ts';
import { instrument } from './check/instrument.ts';
import { Laboratory } from './check/laboratory.ts';
import { withPlace } from './check/meta-place.ts';
import { Prober } from './check/probes.ts';
import { readSyntax } from './check/syntax.ts';
import type { SyntaxTree } from './check/syntax.ts';
import { tryFilter } from './check/trial.ts';
import type { Trial } from './check/trial.ts';
import type { FilterSandbox } from '../../../ports/filter-sandbox.ts';
import { findingOf } from './finding.ts';
import type { Finding } from './finding.ts';
import { withSandbox } from './open-sandbox.ts';

/** Symbols that trial and probes look at, beside the hundred whose cost is measured. */
export const SYMBOLS = 6;
/** The probes' filter is longer than the filter, and tells more. */
const PROBE_LIMITS = { sourceBytes: 2 ** 17, resultBytes: 2 ** 23, checkMs: 10_000 };

/** What was found out about a filter. */
export interface Verdict {
  readonly findings: readonly Finding[];
  /** Null when it does not load. */
  readonly meta: FilterMeta | null;
  /** Null when it was not run. */
  readonly trial: Trial | null;
}

/** What the probes find in a filter that ran without a fault. */
async function probe(tree: SyntaxTree, lab: Laboratory): Promise<readonly Finding[]> {
  const instrumented = instrument(tree);
  if (instrumented === null) return [];
  return withSandbox(async (sandbox) => {
    const prober = new Prober(sandbox, lab, instrumented);
    return [...(await prober.purity()), ...(await prober.sensitivity())];
  }, PROBE_LIMITS);
}

/** What the text shows; if it is well-formed, what a run as a trader's filter shows; if that is sound, what the probes show. */
async function examine(tree: SyntaxTree, sandbox: FilterSandbox): Promise<Verdict> {
  const outcome = await sandbox.inspect(tree.source);
  if (!outcome.ok) {
    // What the text shows explains why it does not load; beside it only `meta` says something new.
    const fault = withPlace(findingOf(outcome.fault), tree);
    const written = findInText(tree, null);
    const isNews = written.length === 0 || fault.code === 'meta';
    return { findings: isNews ? [...written, fault] : written, meta: null, trial: null };
  }
  const { meta } = outcome;
  const findings = findInText(tree, meta);
  if (findings.length > 0) return { findings, meta, trial: null };
  const lab = new Laboratory(meta, SYMBOLS);
  const trial = await tryFilter(sandbox, tree.source, lab);
  return { findings: trial.findings.length > 0 ? trial.findings : await probe(tree, lab), meta, trial };
}

/** Everything that can be found out about a filter from its source. */
export async function judgeFilter(source: string): Promise<Verdict> {
  const tree = readSyntax(source);
  if ('code' in tree) return { findings: [tree], meta: null, trial: null };
  const verdict = await withSandbox((sandbox) => examine(tree, sandbox));
  return { ...verdict, findings: verdict.findings.map((finding) => withPlace(finding, tree)) };
}
