import type { FilterMeta } from '../../src/domain/filter.ts';
import type {
  CheckOutcome,
  CheckRequest,
  FilterMatch,
  FilterSandbox,
  ManageRequest,
} from '../../src/ports/filter-sandbox.ts';

/** A sandbox whose checks bring what the test has put there. */
export class ScriptedSandbox implements FilterSandbox {
  readonly limits = { checkMs: 5_000, memoryBytes: 0, sourceBytes: 10_240, resultBytes: 65_536 };
  readonly capabilities = { killsNativeCode: false };
  readonly matches = new Map<string, FilterMatch[]>();
  manage: ManageRequest[] = [];
  /** Metas by source. */
  readonly metas = new Map<string, FilterMeta>();
  /** Loading waits for it. */
  loading: Promise<void> = Promise.resolve();

  async inspect(source: string) {
    return { ok: true, meta: this.#metaOf(source) } as const;
  }

  async load(_: string, source: string) {
    await this.loading;
    return { ok: true, meta: this.#metaOf(source) } as const;
  }

  extend(): void {
    // Nobody looks at candles here.
  }

  async check({ kind, traderId, symbols }: CheckRequest): Promise<CheckOutcome> {
    const found = { misses: [], checked: symbols.length, elapsedMs: 0 };
    if (kind === 'manage') {
      const { manage } = this;
      this.manage = [];
      return { ok: true, matches: [], manage, ...found };
    }
    const matches = (this.matches.get(traderId) ?? []).filter(({ symbol }) => symbols.includes(symbol));
    this.matches.delete(traderId);
    return { ok: true, matches, manage: [], ...found };
  }

  unload(): void {
    // Nothing is loaded.
  }

  async close(): Promise<void> {
    // Nothing is open.
  }

  #metaOf(source: string): FilterMeta {
    const meta = this.metas.get(source);
    if (meta === undefined) throw new Error(`no meta for ${source}`);
    return meta;
  }
}
