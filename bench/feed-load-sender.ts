/**
 * The writing end of bench/feed-load.ts, a process of its own: a market of many symbols at an even pace. Every millisecond
 * it writes what is due, dated with that moment.
 */
import type { Socket } from 'node:net';

import { frameBatches } from './feed-capture.ts';
import { LOAD } from './feed-load-figures.ts';
import { serveWebSockets } from './feed-sockets.ts';

/** Of ten messages six are quotes, three trades and one a forming candle, as on a busy day. */
function message(turn: number, now: number): string {
  const symbol = `S${turn % LOAD.symbols}USDT`;
  const price = (100 + (turn % 97) / 10).toFixed(2);
  const kind = Math.floor(turn / LOAD.symbols) % 10;
  if (kind < 6) {
    return `{"e":"bookTicker","u":${turn},"s":"${symbol}","b":"${price}","B":"2.507","a":"110.00","A":"1.2","T":${now},"E":${now}}`;
  }
  if (kind < 9) {
    return `{"e":"aggTrade","E":${now},"a":${turn},"s":"${symbol}","p":"${price}","q":"0.5","f":${turn},"l":${turn},"T":${now},"m":true}`;
  }
  const open = now - (now % 60_000);
  const candle = `"t":${open},"T":${open + 59_999},"s":"${symbol}","i":"1m","f":1,"L":${turn},"o":"100.00","c":"${price}","h":"110.00","l":"99.00"`;
  return `{"e":"kline","E":${now},"s":"${symbol}","k":{${candle},"v":"3917","n":48,"x":false,"q":"3957.9","V":"1729","Q":"1748.0","B":"0"}}`;
}

function stream(socket: Socket): void {
  const startedAt = performance.now();
  let sent = 0;
  const pace = setInterval(() => {
    const due = Math.floor(((performance.now() - startedAt) / 1_000) * LOAD.messagesPerSecond);
    const now = Date.now();
    const messages = Array.from({ length: due - sent }, (_, index) => message(sent + index + 1, now));
    sent = due;
    for (const batch of frameBatches(messages)) socket.write(batch);
  }, 1);
  socket.on('close', () => clearInterval(pace));
}

serveWebSockets(stream);
