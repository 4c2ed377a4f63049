import { loopGuardModule } from '../../src/modes/assets.ts';
import { LoopGuard } from '../../src/modes/daemon/loop-guard.ts';

/** A program that works for a moment and then stands still for good. */
export function standStill(): void {
  const guard = new LoopGuard(loopGuardModule(), { lookMs: 50, warnAfterMs: 300, endAfterMs: 1_500 });
  let left = 20;
  const working = setInterval(() => {
    guard.beat();
    left -= 1;
    if (left > 0) return;
    clearInterval(working);
    process.stdout.write('standing still\n');
    for (;;);
  }, 20);
}
