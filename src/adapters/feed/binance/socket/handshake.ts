import { createHash, randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { connect as connectTcp, isIP } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

import type { Bytes } from './frame-reader.ts';

/** What is appended to the key before hashing: RFC 6455, 1.3. */
const ACCEPT_SUFFIX = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** Read at once when much has piled up. One buffer for the life of a connection stays in the processor's cache. */
const READ_BUFFER_BYTES = 256 * 1024;

/** What comes of a connection attempt. */
export interface HandshakeEvents {
  upgraded(socket: Socket): void;
  /** Bytes after the handshake; they are overwritten when the call has returned. */
  received(bytes: Bytes): void;
  /** Instead of `upgraded`, once. */
  failed(cause: string): void;
}

/** The value of Sec-WebSocket-Accept that proves that the server has read the key. */
function acceptOf(key: string): string {
  return createHash('sha1').update(`${key}${ACCEPT_SUFFIX}`).digest('base64');
}

function refusal(response: IncomingMessage, key: string): string | null {
  const { headers } = response;
  if (headers.upgrade?.toLowerCase() !== 'websocket') return 'the server upgraded to something other than websocket';
  if (headers['sec-websocket-accept'] !== acceptOf(key)) return 'the server did not answer to our handshake key';
  if (headers['sec-websocket-extensions'] !== undefined) return 'the server uses an extension that was not offered';
  if (headers['sec-websocket-protocol'] !== undefined) return 'the server uses a subprotocol that was not offered';
  return null;
}

/** Connects with a read buffer of our own, which `received` is called with. */
function connect(url: URL, received: (bytes: Bytes) => boolean): Socket {
  const isSecure = url.protocol === 'wss:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port === '' ? (isSecure ? 443 : 80) : Number(url.port);
  const buffer = Buffer.alloc(READ_BUFFER_BYTES);
  const options = {
    host,
    port,
    onread: { buffer, callback: (length: number) => received(buffer.subarray(0, length)) },
  };
  if (!isSecure) return connectTcp(options);
  // Names alone may be asked for: RFC 6066, 3.
  return connectTls({ ...options, ALPNProtocols: ['http/1.1'], ...(isIP(host) === 0 ? { servername: host } : {}) });
}

/**
 * Opens a WebSocket connection (RFC 6455, 4.1); no extension and no subprotocol is offered.
 * @param url `ws:` or `wss:`
 * @returns the request, which can be destroyed as long as nothing has come of it; then nothing will
 */
export function openHandshake(url: URL, events: HandshakeEvents): ClientRequest {
  const key = randomBytes(16).toString('base64');
  let isSettled = false;
  const fail = (cause: string): void => {
    if (isSettled) return;
    isSettled = true;
    request.destroy();
    events.failed(cause);
  };
  let isUpgraded = false;
  const socket = connect(url, (bytes) => {
    // A socket with a buffer of its own emits no data: the HTTP client gets its answer by our hand.
    if (isUpgraded) events.received(bytes);
    else socket.emit('data', Buffer.from(bytes));
    return true;
  });
  // The request reports what goes wrong; this hears what comes after it was given up.
  socket.on('error', () => undefined);
  const request = httpRequest({
    createConnection: () => socket,
    host: url.host,
    path: `${url.pathname}${url.search}`,
    headers: {
      Host: url.host,
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': key,
    },
  });
  request.on('upgrade', (response, _socket, head) => {
    const problem = refusal(response, key);
    if (problem !== null || isSettled) {
      socket.destroy();
      fail(problem ?? '');
      return;
    }
    isSettled = true;
    isUpgraded = true;
    events.upgraded(socket);
    if (head.length > 0) events.received(Buffer.from(head));
  });
  request.on('response', ({ statusCode }) => fail(`the server refused the connection with HTTP ${statusCode ?? '?'}`));
  request.on('error', (error) => fail(error.message));
  request.end();
  return request;
}
