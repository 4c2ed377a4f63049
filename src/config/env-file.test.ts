import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseEnvFile } from './env-file.ts';

function valuesOf(text: string): Record<string, string> {
  return Object.fromEntries([...parseEnvFile(text).entries].map(([name, { value }]) => [name, value]));
}

describe('config.env', () => {
  it('takes KEY=value lines, blank lines, comments and export', () => {
    const text = '# comment\n\nPORT=8080\n  export HOST = 0.0.0.0  \r\nSYMBOLS=BTC,ETH # the big ones\nEMPTY=\n';
    expect(valuesOf(text)).toEqual({ PORT: '8080', HOST: '0.0.0.0', SYMBOLS: 'BTC,ETH', EMPTY: '' });
  });

  it('takes values in quotes: single ones as they are, double ones with escapes', () => {
    expect(valuesOf(`A='a # "b" \\n $HOME'\nB="tab\\tquote\\" back\\\\ #"  # comment\nC=pass#word\nD=it's`)).toEqual({
      A: 'a # "b" \\n $HOME',
      B: 'tab\tquote" back\\ #',
      C: 'pass#word',
      D: "it's",
    });
  });

  it('tells the line of each value, from 1, also after a byte order mark and with old line ends', () => {
    const { entries } = parseEnvFile('\ufeffA=1\r\n\r\nB=2\rC=3');
    expect([...entries].map(([name, { line }]) => `${name}:${line}`)).toEqual(['A:1', 'B:3', 'C:4']);
  });

  it('names the lines that it cannot read, and reads the others', () => {
    const { entries, problems } = parseEnvFile("A=1\nPORT: 80\n2X=1\nB=\"open\nC='x' y\nA=2\nD=4");
    expect(problems).toEqual([
      { line: 2, problem: 'not of the form KEY=value' },
      { line: 3, problem: 'not of the form KEY=value' },
      { line: 4, problem: 'the quotes around the value of B do not match' },
      { line: 5, problem: 'the quotes around the value of C do not match' },
      { line: 6, problem: 'A was set on line 1 already' },
    ]);
    expect([...entries.keys()]).toEqual(['A', 'D']);
  });

  it('gives back every value that stands quoted in it', () => {
    const escapes: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '"': '\\"', '\\': '\\\\' };
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 8 }), (values) => {
        const lines = values.map((value, i) => `V${i}="${value.replace(/[\n\r\t"\\]/g, (c) => escapes[c] ?? c)}"`);
        expect(valuesOf(lines.join('\n'))).toEqual(Object.fromEntries(values.map((value, i) => [`V${i}`, value])));
      }),
    );
  });

  it('reads any text without throwing, and never puts the text of a line into a problem', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        parseEnvFile(text);
      }),
    );
    expect(JSON.stringify(parseEnvFile('hunter2-is-my-secret').problems)).not.toContain('hunter2');
  });
});
