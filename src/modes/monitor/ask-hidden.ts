import type { ReadStream } from 'node:tty';

const ENTER = /[\r\n]/;
const BACKSPACE = /[\u007f\b]/;
const CTRL_C = '\u0003';
const CTRL_D = '\u0004';

/**
 * Asks at the terminal for something that must not be seen. What is typed is not shown.
 * @returns null when the user breaks off
 */
export function askHidden(question: string, stdin: ReadStream): Promise<string | null> {
  process.stderr.write(question);
  stdin.setRawMode(true);
  stdin.setEncoding('utf8');
  stdin.resume();
  return new Promise((resolve) => {
    let typed = '';
    const finish = (answer: string | null): void => {
      stdin.off('data', take);
      stdin.setRawMode(false);
      stdin.pause();
      process.stderr.write('\n');
      resolve(answer);
    };
    function take(text: string | Buffer): void {
      for (const character of String(text)) {
        if (character === CTRL_C || character === CTRL_D) return finish(null);
        if (ENTER.test(character)) return finish(typed);
        typed = BACKSPACE.test(character) ? typed.slice(0, -1) : typed + character;
      }
    }
    stdin.on('data', take);
  });
}
