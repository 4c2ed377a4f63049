import { readFileSync } from 'node:fs';

/** Tells one process from every other, also from a later one with the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in the kernel's count since the boot, and which boot; null where the system does not tell. */
  readonly startedInBoot: string | null;
}

/** The fields of /proc/PID/stat (proc_pid_stat(5)) behind the command, which may hold blanks and parentheses. */
const STATE = 3 - 3;
const START_TIME = 22 - 3;
/** Processes that have ended, and that nobody has asked for their exit code yet. */
const ENDED: readonly unknown[] = ['Z', 'X'];

interface KernelView {
  readonly hasEnded: boolean;
  readonly startedInBoot: string;
}

/** What the kernel says of a process; null where there is no /proc, or no such process. */
function kernelView(pid: number): KernelView | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return { hasEnded: ENDED.includes(fields[STATE]), startedInBoot: `${fields[START_TIME] ?? ''}@${boot}` };
  } catch {
    return null;
  }
}

export function identityOf(pid: number): ProcessIdentity {
  return { pid, startedInBoot: kernelView(pid)?.startedInBoot ?? null };
}

/** Whether exactly this process still runs. Where start times are unknown, one with its number counts as it. */
export function isRunning(known: ProcessIdentity): boolean {
  try {
    process.kill(known.pid, 0);
  } catch (error) {
    // EPERM: it runs, and belongs to somebody else.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const now = kernelView(known.pid);
  if (now === null) return true;
  return !now.hasEnded && (known.startedInBoot === null || known.startedInBoot === now.startedInBoot);
}
