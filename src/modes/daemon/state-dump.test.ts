import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { Secret } from '../../lib/secret.ts';
import { createFakeClock } from '../../testkit/fake-clock.ts';
import { silentLogger } from '../../testkit/silent-logger.ts';
import { StateDump } from './state-dump.ts';

const KEY = 'a-password-of-mine/with=signs';

function newDump() {
  const dataDir = mkdtempSync(join(tmpdir(), 'aitrader-dump-'));
  const clock = createFakeClock(Date.UTC(2026, 0, 2, 3, 4, 5, 678));
  const complaints: string[] = [];
  const logger = { ...silentLogger, error: (message: string) => void complaints.push(message) };
  const dump = new StateDump({ dataDir, clock, logger, secrets: () => [new Secret(KEY)] });
  return { dump, clock, complaints, dataDir, folder: join(dataDir, 'dumps') };
}

describe('a state dump', () => {
  it('holds what each part says at the moment it is asked for, for its owner alone', async () => {
    const { dump, folder } = newDump();
    let positions = 1;
    dump.add('desk', () => ({ positions, worth: NaN }));
    const written = dump.write();
    positions = 2;
    await written;
    expect(readdirSync(folder)).toEqual(['state-20260102T030405678Z.json']);
    const path = join(folder, 'state-20260102T030405678Z.json');
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ desk: { positions: 1, worth: 'NaN' } });
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('holds no secret, in no form, whatever part knows it', async () => {
    const { dump, folder } = newDump();
    const url = `https://example.com/?t=${encodeURIComponent(KEY)}`;
    dump.add('careless', () => ({ plain: `key ${KEY}`, url, base64: Buffer.from(KEY).toString('base64') }));
    await dump.write();
    const text = readFileSync(join(folder, readdirSync(folder)[0] ?? ''), 'utf8');
    expect(text).toContain('[redacted]');
    for (const form of [KEY, encodeURIComponent(KEY), Buffer.from(KEY).toString('base64')]) {
      expect(text).not.toContain(form);
    }
  });

  it('says of a part that fails that it does, and keeps the others', async () => {
    const { dump, folder } = newDump();
    dump.add('broken', () => {
      throw new Error('no view of it');
    });
    dump.add('whole', () => 1);
    await dump.write();
    const text = readFileSync(join(folder, readdirSync(folder)[0] ?? ''), 'utf8');
    expect(JSON.parse(text)).toEqual({ broken: { failed: 'no view of it' }, whole: 1 });
  });

  it('keeps the last five', async () => {
    const { dump, clock, folder } = newDump();
    for (let time = 0; time < 8; time += 1) {
      await dump.write();
      await clock.advance(1_000);
    }
    expect(readdirSync(folder)).toHaveLength(5);
    expect(readdirSync(folder).at(-1)).toBe('state-20260102T030412678Z.json');
  });

  it('that cannot be written is a line in the log', async () => {
    const { dump, complaints, folder } = newDump();
    writeFileSync(folder, 'no folder');
    await dump.write();
    expect(complaints.join()).toMatch(/could not be written/);
  });
});
