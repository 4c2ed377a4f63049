interface Entry {
  readonly help: string;
  readonly labels: readonly string[];
}

/** Spans that the program measures where they happen, in seconds. */
export const TIMINGS = {
  filter_execution_seconds: { help: 'A check of one trader over its symbols', labels: [] },
  order_execution_seconds: { help: 'From the order to the answer of the venue', labels: [] },
  storage_query_seconds: { help: 'A read or a write of the store', labels: [] },
  exchange_api_latency_seconds: { help: 'A request to the exchange', labels: ['exchange', 'endpoint'] },
  worker_execution_duration_seconds: { help: 'One run of a background task', labels: ['worker'] },
  agent_execution_duration_seconds: { help: 'One run of an agent', labels: ['agent'] },
  api_request_seconds: { help: 'A request to the API', labels: ['operation'] },
} as const satisfies Record<string, Entry>;

/** Things that the program counts where they happen. */
export const COUNTERS = {
  websocket_reconnects_total: { help: 'Market streams that were lost and opened again', labels: [] },
  agent_tool_calls_total: { help: 'Tools that agents used', labels: ['agent', 'tool'] },
  watchdog_alarms_total: { help: 'What the watchdog found', labels: ['cause'] },
  alerts_total: { help: 'Alerts for a person', labels: ['severity'] },
  api_requests_total: { help: 'Requests to the API', labels: ['operation', 'status'] },
  api_websocket_coalesced_total: {
    help: 'Times that a slow WebSocket client was sent the latest state alone',
    labels: [],
  },
  api_websocket_dropped_total: { help: 'WebSocket clients that were cut off', labels: ['cause'] },
} as const satisfies Record<string, Entry>;
