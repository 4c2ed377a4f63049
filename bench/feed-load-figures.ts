/** A busy day: what the feed has to take without anybody noticing. */
export const LOAD = { symbols: 500, messagesPerSecond: 20_000 } as const;
