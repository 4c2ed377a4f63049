import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { afterEach, describe, expect, it } from 'vitest';

import { openDataDir } from './data-dir.ts';
import { identityOf } from './process-identity.ts';

const SINCE = Date.UTC(2026, 0, 2, 3, 4, 5);
const isRoot = process.getuid?.() === 0;
const hasStartTimes = identityOf(process.pid).startedInBoot !== null;

const parents: string[] = [];
function newPath(): string {
  const parent = mkdtempSync(join(tmpdir(), 'aitrader-data-dir-'));
  parents.push(parent);
  return join(parent, 'data');
}
afterEach(() => {
  for (const parent of parents.splice(0)) rmSync(parent, { recursive: true, force: true });
});

const lockFiles = (path: string) => readdirSync(path).filter((name) => name.startsWith('lock'));

/** Leaves the lock that a process with this identity would hold. */
function leaveLock(path: string, holder: object): void {
  mkdirSync(path);
  writeFileSync(join(path, 'lock.7'), JSON.stringify({ since: SINCE, released: false, ...holder }));
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await nextTurn();
}

/** A process that takes the folder, says how that went, and stays until it is killed. */
const TAKER = `
  const { openDataDir } = await import(${JSON.stringify(new URL('data-dir.ts', import.meta.url).href)});
  process.stdin.once('data', () => {
    try { openDataDir(process.argv[1], ${SINCE}); console.log('taken'); }
    catch (error) { console.log(error.code); }
  });
  console.log('ready');
  setInterval(() => {}, 1_000);
`;

function startTaker(path: string) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', TAKER, '--', path], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const exit = once(child, 'exit');
  return {
    pid: child.pid,
    hears: async () => (await lines.next()).value as string,
    go: () => child.stdin.write('go\n'),
    kill: async () => {
      child.kill('SIGKILL');
      await exit;
    },
  };
}

describe('the data folder', () => {
  it('is made for its owner alone', () => {
    const path = newPath();
    openDataDir(join(path, 'deep', 'inside'), SINCE);
    expect(statSync(join(path, 'deep', 'inside')).mode & 0o777).toBe(0o700);
    const [lock = ''] = lockFiles(join(path, 'deep', 'inside'));
    expect(statSync(join(path, 'deep', 'inside', lock)).mode & 0o777).toBe(0o600);
  });

  it('keeps its permissions and everything in it when it is there', () => {
    const path = newPath();
    mkdirSync(path);
    chmodSync(path, 0o755);
    writeFileSync(join(path, 'mine.txt'), 'mine');
    openDataDir(path, SINCE);
    expect(statSync(path).mode & 0o777).toBe(0o755);
    expect(readFileSync(join(path, 'mine.txt'), 'utf8')).toBe('mine');
  });

  it('that is a file cannot be used', () => {
    const path = newPath();
    writeFileSync(path, 'a file');
    expect(() => openDataDir(path, SINCE)).toThrow(
      expect.objectContaining({ code: 'DATA_DIR_UNUSABLE', context: { path, problem: 'it is no folder' } }),
    );
    expect(() => openDataDir(join(path, 'below'), SINCE)).toThrow(
      expect.objectContaining({ code: 'DATA_DIR_UNUSABLE' }),
    );
    expect(readFileSync(path, 'utf8')).toBe('a file');
  });

  it.skipIf(isRoot)('that may not be written to cannot be used (root may write everywhere: skipped)', () => {
    const path = newPath();
    mkdirSync(path);
    chmodSync(path, 0o500);
    expect(() => openDataDir(path, SINCE)).toThrow(expect.objectContaining({ code: 'DATA_DIR_UNUSABLE' }));
  });

  it.skipIf(!existsSync('/proc/self'))('on a file system that takes no folders cannot be used', () => {
    expect(() => openDataDir('/proc/aitrader', SINCE)).toThrow(expect.objectContaining({ code: 'DATA_DIR_UNUSABLE' }));
  });
});

describe('the lock', () => {
  it('turns a second taker away, and names the first', () => {
    const path = newPath();
    openDataDir(path, SINCE);
    const context = { path, pid: process.pid, since: '2026-01-02T03:04:05.000Z' };
    expect(() => openDataDir(path, SINCE)).toThrow(expect.objectContaining({ code: 'DATA_DIR_LOCKED', context }));
  });

  it('is free after it was released, as often as one likes, and leaves one file', () => {
    const path = newPath();
    for (let round = 0; round < 5; round += 1) openDataDir(path, SINCE).release();
    expect(lockFiles(path)).toEqual(['lock.5']);
  });

  it('of a process that was killed is taken over', async () => {
    const path = newPath();
    const taker = startTaker(path);
    await taker.hears();
    taker.go();
    expect(await taker.hears()).toBe('taken');
    const context = { path, pid: taker.pid, since: '2026-01-02T03:04:05.000Z' };
    expect(() => openDataDir(path, SINCE)).toThrow(expect.objectContaining({ code: 'DATA_DIR_LOCKED', context }));
    await taker.kill();
    expect(() => openDataDir(path, SINCE)).not.toThrow();
  });

  it.skipIf(!hasStartTimes)('of a dead process whose number another one has now is taken over', () => {
    const path = newPath();
    leaveLock(path, { pid: process.pid, startedInBoot: '1@another-boot' });
    expect(() => openDataDir(path, SINCE)).not.toThrow();
  });

  it.skipIf(!hasStartTimes)('of a process that ended but was not asked for its exit code is taken over', async () => {
    const path = newPath();
    // A parent that never waits for its child: a shell turned into something else.
    const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const { value } = await createInterface(parent.stdout)[Symbol.asyncIterator]().next();
      const child = Number(value);
      leaveLock(path, { pid: child, startedInBoot: null });
      await until(() => readFileSync(`/proc/${parent.pid}/comm`, 'utf8') === 'sleep\n');
      expect(() => openDataDir(path, SINCE)).toThrow(expect.objectContaining({ code: 'DATA_DIR_LOCKED' }));
      process.kill(child, 'SIGKILL');
      await until(() => readFileSync(`/proc/${child}/stat`, 'utf8').includes(') Z '));
      expect(() => openDataDir(path, SINCE)).not.toThrow();
    } finally {
      parent.kill();
    }
  });

  it('of a running process whose start is unknown is respected', () => {
    const path = newPath();
    leaveLock(path, { pid: process.pid, startedInBoot: null });
    expect(() => openDataDir(path, SINCE)).toThrow(expect.objectContaining({ code: 'DATA_DIR_LOCKED' }));
  });

  it.each(['', '{', '[]', '{"pid":"1"}', '{"pid":-1,"since":1,"released":false}'])(
    'that a power failure left as %j belongs to nobody',
    (content) => {
      const path = newPath();
      mkdirSync(path);
      writeFileSync(join(path, 'lock.3'), content);
      openDataDir(path, SINCE);
      expect(lockFiles(path)).toEqual(['lock.4']);
    },
  );

  it('goes to exactly one of many that start at once, whether it is stale or not there at all', async () => {
    const path = newPath();
    for (const round of ['first', 'stale']) {
      const takers = Array.from({ length: 8 }, () => startTaker(path));
      await Promise.all(takers.map((taker) => taker.hears()));
      for (const taker of takers) taker.go();
      const answers = await Promise.all(takers.map((taker) => taker.hears()));
      expect(answers.sort(), round).toEqual([...Array<string>(7).fill('DATA_DIR_LOCKED'), 'taken']);
      await Promise.all(takers.map((taker) => taker.kill()));
    }
  });
});
