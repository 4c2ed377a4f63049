/** What happens on a connection. Nothing comes after `closed`. */
export interface SocketEvents {
  opened(): void;
  message(text: string): void;
  closed(cause: string): void;
}

/** A connection to a stream of messages. */
export interface Socket {
  send(text: string): void;
  /** Ends it. No event comes after this. */
  close(): void;
}

/** Begins to connect. */
export type OpenSocket = (url: string, events: SocketEvents) => Socket;

/** A connection over the platform's WebSocket, which answers the venue's pings by itself. */
export const openWebSocket: OpenSocket = (url, events) => {
  const webSocket = new WebSocket(url);
  let isOver = false;
  const tell = (happened: () => void): void => {
    if (!isOver) happened();
  };
  webSocket.addEventListener('open', () => tell(() => events.opened()));
  webSocket.addEventListener('message', ({ data }) => tell(() => events.message(String(data))));
  webSocket.addEventListener('close', ({ code, reason }) => {
    tell(() => {
      isOver = true;
      events.closed(`closed with ${code}${reason === '' ? '' : ` (${reason})`}`);
    });
  });
  return {
    send: (text) => {
      if (webSocket.readyState === WebSocket.OPEN) webSocket.send(text);
    },
    close: () => {
      isOver = true;
      webSocket.close();
    },
  };
};
