import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { AitraderError } from '../../../domain/errors.ts';
import { Secret } from '../../../lib/secret.ts';
import { createFakeClock } from '../../../testkit/fake-clock.ts';
import { createLogger } from './logger.ts';
import type { LoggerOptions, ProgramLogger } from './logger.ts';

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'aitrader-log-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function byNumber(a: string, b: string): number {
  return Number(a.split('.')[1]) - Number(b.split('.')[1]);
}

type Settings = Partial<Omit<LoggerOptions, 'clock' | 'stderrFd'>>;

/** A logger on real files, with a file in place of stderr. `output` closes it and gives what it wrote. */
async function openLog(settings: Settings = {}): Promise<{
  log: ProgramLogger;
  directory: string;
  output: () => Promise<{ stderr: string; files: string }>;
}> {
  const folder = temporaryFolder();
  const directory = settings.files?.directory ?? join(folder, 'logs');
  const stderrPath = join(folder, 'stderr');
  const stderrFd = openSync(stderrPath, 'a');
  onTestFinished(() => closeSync(stderrFd));
  const log = await createLogger({
    clock: createFakeClock(Date.UTC(2026, 10, 21, 10, 20, 30, 456)),
    level: 'debug',
    stderr: 'json',
    color: false,
    files: { directory, fileBytes: 1e6, files: 3 },
    secrets: [],
    ...settings,
    stderrFd,
  });
  const output = async (): Promise<{ stderr: string; files: string }> => {
    await log.close();
    const names = statSync(directory, { throwIfNoEntry: false })?.isDirectory() === true ? readdirSync(directory) : [];
    const logs = names.filter((name) => /^aitrader\.\d+\.log$/.test(name)).sort(byNumber);
    const files = logs.map((name) => readFileSync(join(directory, name), 'utf8')).join('');
    return { stderr: readFileSync(stderrPath, 'utf8'), files };
  };
  return { log, directory, output };
}

function parse(lines: string): Record<string, unknown>[] {
  return lines
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('the log', () => {
  it('is one JSON object a line, on stderr and in the file alike', async () => {
    const { log, output } = await openLog();
    log.info('order sent', { symbol: 'BTCUSDT', quantity: '0.5' });
    log.child({ part: 'feed' }).child({ symbol: 'ETHUSDT' }).warn('stale', { part: 'feed/2' });
    log.error('plain words');
    const { stderr, files } = await output();
    expect(parse(files)).toEqual([
      { level: 'info', time: 1795256430456, symbol: 'BTCUSDT', quantity: '0.5', msg: 'order sent' },
      { level: 'warn', time: 1795256430456, part: 'feed/2', symbol: 'ETHUSDT', msg: 'stale' },
      { level: 'error', time: 1795256430456, msg: 'plain words' },
    ]);
    expect(stderr).toBe(files);
  });

  it('leaves out lines below its level', async () => {
    const { log, output } = await openLog({ level: 'warn' });
    for (const level of ['debug', 'info', 'warn', 'error'] as const) log[level](level);
    expect(parse((await output()).files).map(({ msg }) => msg)).toEqual(['warn', 'error']);
  });

  it('writes by another level from the moment it is set, in children too', async () => {
    const { log, output } = await openLog({ level: 'warn' });
    const child = log.child({ part: 'feed' });
    child.info('one');
    log.setLevel('info');
    child.info('two');
    log.setLevel('error');
    child.warn('three');
    expect(parse((await output()).files).map(({ msg }) => msg)).toEqual(['two']);
  });

  it('takes no field for its own time, level or message', async () => {
    const { log, output } = await openLog();
    log.info('real', { msg: 'false', level: 'fatal', time: 0 });
    expect(parse((await output()).files)).toEqual([
      { level: 'info', time: 1795256430456, msg: 'real', msg_: 'false', level_: 'fatal', time_: 0 },
    ]);
  });

  it('puts nothing on stderr while a screen has the terminal', async () => {
    const { log, output } = await openLog({ stderr: 'none' });
    log.info('quiet');
    const { stderr, files } = await output();
    expect(stderr).toBe('');
    expect(parse(files)).toHaveLength(1);
  });

  it('is for people with time, level, message, fields, and the error on indented lines', async () => {
    const { log, output } = await openLog({ stderr: 'console' });
    log.info('order sent', { symbol: 'BTCUSDT', why: 'RSI < 30', filled: [1, 2] });
    log.error('closing failed', {
      error: new AitraderError('DISK_FULL', { path: '/data' }, { cause: new Error('inner') }),
    });
    const lines = (await output()).stderr.split('\n');
    expect(lines[0]).toBe('[10:20:30.456] INFO: order sent symbol=BTCUSDT why="RSI < 30" filled=[1,2]');
    expect(lines[1]).toBe('[10:20:30.456] ERROR: closing failed');
    expect(lines[2]).toBe(
      '    error: AitraderError: no space left for /data code=DISK_FULL context={"path":"/data"} fault=system',
    );
    expect(lines.find((line) => line.includes('inner'))).toBe('    caused by: Error: inner');
  });

  it('has colours only when told to', async () => {
    const coloured = await openLog({ stderr: 'console', color: true });
    coloured.log.info('x');
    expect((await coloured.output()).stderr).toContain('\x1b[');
  });
});

describe('text from outside', () => {
  it('never steers a terminal and never passes for a line of its own', async () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc
        .array(
          fc.constantFrom('\x1b[2J', '\r', '\n', '\u202e', '\x9b', '[10:20:30.456] FATAL: ', '\x07', 'x', '\u2028'),
          { maxLength: 8 },
        )
        .map((parts) => parts.join('')),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('json' as const, 'console' as const),
        fc.array(hostile, { minLength: 5, maxLength: 5 }),
        async (stderr, texts) => {
          const [message = '', key = '', value = '', reason = '', stack = ''] = texts;
          const { log, output } = await openLog({ stderr });
          const error = Object.assign(new Error(reason, { cause: new Error(value) }), {
            stack: `Error\n    at ${stack}`,
          });
          log.warn(message, { [key]: value, list: [{ [value]: key }], error, name: value, pid: key, hostname: reason });
          const shown = await output();
          for (const text of [shown.stderr, shown.files]) {
            expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u);
          }
          expect(parse(shown.files)).toHaveLength(1);
          const starts = shown.stderr
            .trimEnd()
            .split('\n')
            .map((line) => line.slice(0, 4));
          expect(starts.slice(1).every((start) => start === '    ')).toBe(true);
          expect(['[10:', '{"le']).toContain(starts[0]);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('secrets', () => {
  it('appear nowhere: not in messages, names, values, errors, stacks, causes or encoded text', async () => {
    const secrets = fc
      .string({ minLength: 8, maxLength: 64, unit: fc.constantFrom(...'ABCxyz0189+/="\\ %é-') })
      .filter((text) => /[ABCxyz]{2}/.test(text) && text.trim().length >= 8);
    const encodings = fc.constantFrom<(text: string) => string>(
      (text) => text,
      encodeURIComponent,
      (text) => JSON.stringify({ text }),
      (text) => Buffer.from(`user:${text}`).toString('base64'),
      (text) => `https://x.example/path?q=${encodeURIComponent(text)}&y=1`,
    );
    await fc.assert(
      fc.asyncProperty(
        secrets,
        encodings,
        fc.constantFrom('json' as const, 'console' as const),
        async (raw, encode, stderr) => {
          const secret = raw.trim();
          const text = `before ${encode(secret)} after`;
          const { log, output } = await openLog({ stderr, secrets: [new Secret(secret)] });
          const error = new Error(text, { cause: new AggregateError([new Error(text)], text) });
          const child = log.child({ of: text });
          child.info(text, { [text]: text, deep: [{ list: new Set([text]), map: new Map([[text, text]]) }] });
          child.error('failed', { error, nested: { error } });
          const { stderr: screen, files } = await output();
          const unescaped = parse(files).map((line) => Object.values(line).map(String).join(' '));
          for (const shown of [screen, files, ...unescaped]) {
            expect(shown).not.toContain(secret);
            expect(shown).not.toContain(encode(secret));
          }
          expect(files).toContain('[redacted]');
        },
      ),
      { numRuns: 60 },
    );
  });

  it('that become known later are masked from then on, in children made before as well', async () => {
    const { log, output } = await openLog();
    const child = log.child({ stream: 'ws/listen-key-1' });
    log.addSecrets([new Secret('listen-key-1')]);
    child.info('connected to listen-key-1');
    expect(parse((await output()).files)).toMatchObject([{ stream: 'ws/[redacted]', msg: 'connected to [redacted]' }]);
  });
});

const FILE_BYTES = 100_000;
/** What is on its way when a file reaches its bound still goes into it. */
const LARGEST_BATCH = 65_536;

describe('the log files', () => {
  it('are bounded in size and number, readable by their owner alone, and current.log is the newest', async () => {
    const { log, directory, output } = await openLog({
      stderr: 'none',
      files: { directory: join(temporaryFolder(), 'logs'), fileBytes: FILE_BYTES, files: 3 },
    });
    for (let line = 0; line < 400; line += 1) {
      log.info(`line ${line}`, { filler: 'x'.repeat(2_000) });
      if (line % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    const { files } = await output();
    const names = readdirSync(directory).filter((name) => name.startsWith('aitrader.'));
    expect(names.length).toBeGreaterThanOrEqual(2);
    // While the next file is opened the oldest may still be there.
    expect(names.length).toBeLessThanOrEqual(4);
    const written = parse(files).map(({ msg }) => String(msg));
    const newest = Array.from({ length: written.length }, (_, i) => `line ${400 - written.length + i}`);
    expect(written).toEqual(newest);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    for (const name of names) {
      const { mode, size } = statSync(join(directory, name));
      expect(mode & 0o777).toBe(0o600);
      expect(size).toBeLessThan(FILE_BYTES + LARGEST_BATCH + 2_000);
    }
    expect(readlinkSync(join(directory, 'current.log'))).toBe(names.toSorted(byNumber).at(-1));
  });

  it('go on where the last run ended', async () => {
    const first = await openLog();
    first.log.info('first run');
    await first.output();
    const second = await openLog({ files: { directory: first.directory, fileBytes: 1e6, files: 3 } });
    second.log.info('second run');
    expect(parse((await second.output()).files).map(({ msg }) => msg)).toEqual(['first run', 'second run']);
  });

  it('that cannot be made are missed with one line on stderr, and the log goes on there', async () => {
    const directory = join(temporaryFolder(), 'a-file');
    writeFileSync(directory, '');
    const { log, output } = await openLog({ files: { directory, fileBytes: 1e6, files: 3 } });
    log.info('goes on');
    const lines = parse((await output()).stderr);
    expect(lines.map(({ level }) => level)).toEqual(['warn', 'info']);
    expect(lines[0]?.['msg']).toContain(`no log is kept in ${directory}: `);
  });

  it('on a full disk are missed with one line on stderr, and the log goes on there', async () => {
    const directory = join(temporaryFolder(), 'logs');
    mkdirSync(directory);
    symlinkSync('/dev/full', join(directory, 'aitrader.1.log'));
    const { log, output } = await openLog({ stderr: 'console', files: { directory, fileBytes: 1e6, files: 3 } });
    for (let line = 0; line < 5; line += 1) {
      log.info(`line ${line}`);
      await new Promise((resolve) => setImmediate(resolve));
    }
    log.fatal('the end');
    await log.close();
    rmSync(join(directory, 'aitrader.1.log'));
    const { stderr } = await output();
    expect(stderr.match(/cannot be written: ENOSPC/g)).toHaveLength(1);
    for (const text of ['line 0', 'line 4', 'the end']) expect(stderr).toContain(text);
  });
});

/** Starts Node on `script`, in which `log` is a logger in `directory`. */
function scriptWithLog(directory: string, stderr: 'json' | 'none', script: string): string[] {
  const here = (name: string): string => JSON.stringify(join(import.meta.dirname, name));
  const source = `
    import { createLogger } from ${here('logger.ts')};
    import { createSystemClock } from ${here('../../clock/system/clock.ts')};
    const files = { directory: ${JSON.stringify(directory)}, fileBytes: 1e6, files: 3 };
    const log = await createLogger({ clock: createSystemClock(), level: 'info', stderr: '${stderr}', color: false, files, secrets: [] });
    ${script}`;
  return ['--input-type=module', '--eval', source];
}

describe('the end of the process', () => {
  it.each([
    ['process.exit', 'process.exit(0)'],
    ['an uncaught exception', "throw new Error('boom')"],
    ['a fatal line', "log.fatal('line 299'); process.exit(70)"],
    ['running out of work', ''],
  ])('loses no line: %s', (_how, ending) => {
    const directory = temporaryFolder();
    const script = `for (let i = 0; i < 300; i += 1) log.info('line ' + i); ${ending}`;
    try {
      execFileSync(process.execPath, scriptWithLog(directory, 'none', script), { stdio: 'ignore', timeout: 20_000 });
    } catch {
      // The uncaught exception and the fatal line end it with a failure.
    }
    const written = new Set(parse(readFileSync(join(directory, 'current.log'), 'utf8')).map(({ msg }) => msg));
    for (let line = 0; line < 300; line += 1) expect(written).toContain(`line ${line}`);
  });

  it('writes nothing to stdout', () => {
    const script = "log.info('x'); log.fatal('y'); await log.close();";
    const stdout = execFileSync(process.execPath, scriptWithLog(temporaryFolder(), 'json', script), {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 20_000,
    });
    expect(stdout).toBe('');
  });

  it('is not brought about by a reader that closes stderr', async () => {
    const script = `
      process.stdin.once('data', async () => {
        for (let i = 0; i < 50; i += 1) {
          log.info('line ' + i);
          await new Promise((resolve) => setImmediate(resolve));
        }
        await log.close();
        process.stdout.write('alive');
        process.exit(0);
      });
      process.stdout.write('ready ');`;
    const child = spawn(process.execPath, scriptWithLog(temporaryFolder(), 'json', script));
    let stdout = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
      if (stdout !== 'ready ') return;
      child.stderr.destroy();
      child.stdin.write('go');
    });
    const [exitCode] = (await once(child, 'close')) as [number];
    expect(stdout).toBe('ready alive');
    expect(exitCode).toBe(0);
  });
});
