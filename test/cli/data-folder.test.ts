import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';

import { emptyFolder, runProgram, startProgram } from './run-program.ts';

const READY = /"msg":"ready/;

/** A simulation that goes on with the database of the one before. */
const SIMULATION = ['--sim', '--keep', '--symbols', '2'];
/** Nobody listens there. */
const NO_EXCHANGE = { BINANCE_REST_URL: 'http://127.0.0.1:40009' };

function run(dataDir: string): ReturnType<typeof runProgram> {
  return runProgram([...SIMULATION, '--data-dir', dataDir, '--for', '1s']);
}

/** The last lines of stderr that are no log lines. */
function complaint(stderr: string): string {
  return stderr
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('{'))
    .join('\n');
}

describe('a data folder', () => {
  it('is made at the first start, for its owner alone, with a database of its own for each kind of money', async () => {
    const home = emptyFolder();
    const paper = await runProgram(['--for', '1s'], { HOME: home, ...NO_EXCHANGE });
    expect(paper).toMatchObject({ exitCode: 3, stdout: '' });
    expect(complaint(paper.stderr)).toMatch(/the exchange.*127\.0\.0\.1:40009.*\n.*--sim/s);
    expect(await runProgram([...SIMULATION, '--for', '1s'], { HOME: home })).toMatchObject({ exitCode: 0, stdout: '' });
    const listed = readdirSync(join(home, '.aitrader'));
    expect(listed).toEqual(expect.arrayContaining(['logs', 'paper.db', 'sim.db']));
    expect(execFileSync('stat', ['-c', '%a', join(home, '.aitrader')]).toString()).toBe('700\n');
    expect(execFileSync('stat', ['-c', '%a', join(home, '.aitrader', 'paper.db')]).toString()).toBe('600\n');
  });

  it('belongs to one process: a second one ends with 4 and says whose it is', async () => {
    const dataDir = emptyFolder();
    const first = startProgram([...SIMULATION, '--data-dir', dataDir]);
    await first.sees(READY);
    const second = await run(dataDir);
    expect(second.exitCode).toBe(4);
    expect(complaint(second.stderr)).toContain(`pid ${String(first.process.pid)}`);
    first.process.kill('SIGTERM');
    expect((await first.ended).exitCode).toBe(143);
    expect((await run(dataDir)).exitCode).toBe(0);
  });

  it('that a killed process left is taken over', async () => {
    const dataDir = emptyFolder();
    const first = startProgram([...SIMULATION, '--data-dir', dataDir]);
    await first.sees(READY);
    first.process.kill('SIGKILL');
    await first.ended;
    expect(await run(dataDir)).toMatchObject({ exitCode: 0 });
  });

  it('that is no folder is refused', async () => {
    const file = join(emptyFolder(), 'file');
    writeFileSync(file, 'mine');
    for (const dataDir of [file, join(file, 'below')]) {
      const refused = await run(dataDir);
      expect(refused.exitCode).toBe(2);
      expect(complaint(refused.stderr)).toContain(`the data folder ${dataDir} cannot be used`);
    }
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });
});

describe('a database', () => {
  it('that is damaged is left as it is, exit 3', async () => {
    const dataDir = emptyFolder();
    const path = join(dataDir, 'sim.db');
    const damaged = Buffer.from('no database, but somebody may want it back '.repeat(200));
    writeFileSync(path, damaged);
    const refused = await run(dataDir);
    expect(refused.exitCode).toBe(3);
    expect(complaint(refused.stderr)).toContain(`${path} is damaged`);
    expect(readFileSync(path).equals(damaged)).toBe(true);
  });

  it('of a newer version is left as it is, exit 2', async () => {
    const dataDir = emptyFolder();
    const path = join(dataDir, 'sim.db');
    expect((await run(dataDir)).exitCode).toBe(0);
    const db = new Database(path);
    db.exec(
      "INSERT INTO schema_migrations SELECT 9999, '9999-from-the-future.sql', checksum, applied_at FROM schema_migrations LIMIT 1",
    );
    db.close();
    const before = readFileSync(path);
    const refused = await run(dataDir);
    expect(refused.exitCode).toBe(2);
    expect(complaint(refused.stderr)).toContain('has schema 9999');
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('that another program holds is waited for a moment, then refused with 4', async () => {
    const dataDir = emptyFolder();
    const path = join(dataDir, 'sim.db');
    expect((await run(dataDir)).exitCode).toBe(0);
    const browser = new Database(path);
    browser.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    try {
      const refused = await run(dataDir);
      expect(refused.exitCode).toBe(4);
      expect(complaint(refused.stderr)).toContain(`${path} is locked by another program`);
    } finally {
      browser.close();
    }
  });

  it('finds the disk full: exit 3, and the next start with space works', async (context) => {
    const mountPoint = join(emptyFolder(), 'tiny');
    mkdirSync(mountPoint);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=128k', 'tmpfs', mountPoint], { stdio: 'ignore' });
    } catch {
      context.skip('mounting a small disk needs root');
    }
    try {
      const dataDir = join(mountPoint, 'data');
      const refused = await run(dataDir);
      expect(refused.exitCode).toBe(3);
      expect(complaint(refused.stderr)).toContain('no space left');
      execFileSync('mount', ['-o', 'remount,size=64m', mountPoint]);
      expect((await run(dataDir)).exitCode).toBe(0);
    } finally {
      execFileSync('umount', [mountPoint]);
    }
  });
});
