import { describe, expect, it } from 'vitest';

import { readMonitorUrl } from './monitor-url.ts';

describe('the address of a daemon', () => {
  it('is a host and a port, http unless said', () => {
    expect(readMonitorUrl('127.0.0.1:8080')).toEqual({ url: 'http://127.0.0.1:8080', isInTheClear: false });
    expect(readMonitorUrl('https://desk.example.com/')).toEqual({
      url: 'https://desk.example.com',
      isInTheClear: false,
    });
    expect(readMonitorUrl('http://[::1]:9')).toEqual({ url: 'http://[::1]:9', isInTheClear: false });
  });

  it('is in the clear when http leaves this machine', () => {
    for (const given of ['http://desk.example.com', '192.168.1.5:8080', 'http://localhost.example.com']) {
      expect(readMonitorUrl(given).isInTheClear).toBe(true);
    }
  });

  it('never holds a password, a path or another scheme', () => {
    for (const given of ['ftp://host', 'http://host/api', 'http://host?token=x', 'http://', 'a b']) {
      expect(() => readMonitorUrl(given)).toThrow(/--monitor/);
    }
    expect(() => readMonitorUrl('http://me:hunter2@host')).toThrow(/password does not belong/);
    expect(() => readMonitorUrl('http://me:hunter2@host')).not.toThrow(/hunter2/);
  });
});
