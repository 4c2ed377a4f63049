import { describe, expect, it } from 'vitest';

import { chooseMode } from './choose-mode.ts';

describe('the mode', () => {
  it('is what a flag says, on Fly.io too', () => {
    expect(chooseMode({ monitor: 'http://desk', flyAppName: 'desk' })).toEqual({ mode: 'monitor', why: '--monitor' });
  });

  it('is the daemon on Fly.io and local elsewhere', () => {
    expect(chooseMode({ flyAppName: 'desk' })).toEqual({ mode: 'daemon', why: 'FLY_APP_NAME=desk' });
    expect(chooseMode({ flyAppName: null })).toEqual({ mode: 'local', why: 'default' });
  });

  it('is never two at once', () => {
    expect(() => chooseMode({ daemon: true, deploy: true, flyAppName: null })).toThrow('--daemon and --deploy');
  });
});
