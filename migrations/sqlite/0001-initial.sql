-- One database per kind of money. Amounts are decimal text, times are milliseconds UTC, flags are 0 and 1, lists and
-- nested settings are JSON text. Every row belongs to a user; where one row refers to another, both belong to the same.

CREATE TABLE filters (
  id TEXT PRIMARY KEY NOT NULL,
  user_id TEXT NOT NULL,
  name TEXT NOT NULL,
  meta TEXT NOT NULL,
  source TEXT NOT NULL,
  source_hash TEXT NOT NULL,
  origin TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  UNIQUE (user_id, id),
  UNIQUE (user_id, name)
) STRICT;

CREATE TABLE traders (
  id TEXT PRIMARY KEY NOT NULL,
  user_id TEXT NOT NULL,
  portfolio_id TEXT,
  name TEXT NOT NULL,
  filter_id TEXT NOT NULL,
  symbols TEXT NOT NULL,
  schedule TEXT,
  params TEXT NOT NULL,
  mode TEXT NOT NULL,
  size_kind TEXT NOT NULL,
  size_amount TEXT NOT NULL,
  exits TEXT,
  max_positions INTEGER,
  cooldown_ms INTEGER,
  reverse INTEGER NOT NULL,
  status TEXT NOT NULL,
  status_reason TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  FOREIGN KEY (user_id, filter_id) REFERENCES filters (user_id, id)
) STRICT;
CREATE INDEX traders_of_user ON traders (user_id, id);
CREATE INDEX traders_of_filter ON traders (user_id, filter_id);

-- Traders come and go, what they did stays: nothing below refers to them by a foreign key.
CREATE TABLE signals (
  id TEXT PRIMARY KEY NOT NULL,
  user_id TEXT NOT NULL,
  trader_id TEXT NOT NULL,
  market TEXT NOT NULL,
  symbol TEXT NOT NULL,
  side TEXT NOT NULL,
  conditions TEXT NOT NULL,
  confidence REAL NOT NULL,
  score REAL NOT NULL,
  stop_loss TEXT,
  take_profit TEXT NOT NULL,
  plots TEXT NOT NULL,
  metadata TEXT NOT NULL,
  price REAL,
  checked_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  status TEXT NOT NULL,
  status_reason TEXT NOT NULL,
  status_at INTEGER,
  approval_expires_at INTEGER,
  approved_by TEXT,
  reject_code TEXT,
  order_id TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX signals_of_user ON signals (user_id, id);
CREATE INDEX signals_by_status ON signals (user_id, status, id);

CREATE TABLE orders (
  id TEXT PRIMARY KEY NOT NULL,
  user_id TEXT NOT NULL,
  account_id TEXT NOT NULL,
  market TEXT NOT NULL,
  symbol TEXT NOT NULL,
  side TEXT NOT NULL,
  quantity TEXT NOT NULL,
  type TEXT NOT NULL,
  price TEXT,
  time_in_force TEXT,
  post_only INTEGER,
  trigger_price TEXT,
  trigger_source TEXT,
  trailing_delta_bps REAL,
  activation_price TEXT,
  reduce_only INTEGER NOT NULL,
  leg TEXT NOT NULL,
  trader_id TEXT,
  agent_id TEXT,
  signal_id TEXT,
  position_id TEXT,
  parent_order_id TEXT,
  list_id TEXT,
  list_kind TEXT,
  reason TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  client_order_id TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  status TEXT NOT NULL,
  status_at INTEGER,
  status_reason TEXT,
  reject_code TEXT,
  not_found_final_at INTEGER,
  venue_order_id TEXT,
  child_venue_order_id TEXT,
  replacement_id TEXT,
  filled_quantity TEXT NOT NULL,
  filled_notional TEXT NOT NULL,
  fees_value TEXT NOT NULL,
  reported_quantity TEXT NOT NULL,
  venue_trade_ids TEXT NOT NULL,
  updated_at INTEGER NOT NULL,
  UNIQUE (user_id, id)
) STRICT;
CREATE INDEX orders_by_status ON orders (user_id, status, id);
CREATE INDEX orders_by_client_order_id ON orders (user_id, client_order_id, id);
CREATE INDEX orders_of_position ON orders (user_id, position_id, id) WHERE position_id IS NOT NULL;

-- order_id is empty for fills of orders that the program does not know.
CREATE TABLE fills (
  account_id TEXT NOT NULL,
  market TEXT NOT NULL,
  symbol TEXT NOT NULL,
  venue_trade_id TEXT NOT NULL,
  venue_order_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  order_id TEXT,
  side TEXT NOT NULL,
  price TEXT NOT NULL,
  quantity TEXT NOT NULL,
  fee_asset TEXT NOT NULL,
  fee_amount TEXT NOT NULL,
  fee_rate TEXT NOT NULL,
  fee_value TEXT NOT NULL,
  liquidity TEXT NOT NULL,
  time INTEGER NOT NULL,
  PRIMARY KEY (account_id, market, symbol, venue_trade_id, venue_order_id),
  FOREIGN KEY (user_id, order_id) REFERENCES orders (user_id, id)
) STRICT;
CREATE INDEX fills_by_time ON fills (user_id, time);
CREATE INDEX fills_of_order ON fills (user_id, order_id);

CREATE TABLE funding (
  account_id TEXT NOT NULL,
  income_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  symbol TEXT NOT NULL,
  amount TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (account_id, income_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE positions (
  id TEXT PRIMARY KEY NOT NULL,
  user_id TEXT NOT NULL,
  account_id TEXT NOT NULL,
  portfolio_id TEXT,
  trader_id TEXT,
  signal_id TEXT,
  market TEXT NOT NULL,
  symbol TEXT NOT NULL,
  side TEXT NOT NULL,
  base TEXT NOT NULL,
  quote TEXT NOT NULL,
  status TEXT NOT NULL,
  closed_at INTEGER,
  close_reason TEXT,
  dust_quantity TEXT,
  dust_cost TEXT,
  quantity TEXT NOT NULL,
  open_cost TEXT NOT NULL,
  entry_quantity TEXT NOT NULL,
  entry_notional TEXT NOT NULL,
  exit_quantity TEXT NOT NULL,
  exit_notional TEXT NOT NULL,
  gross_pnl TEXT NOT NULL,
  fees TEXT NOT NULL,
  funding TEXT NOT NULL,
  leverage REAL,
  margin_mode TEXT,
  liquidation_price TEXT,
  guard TEXT NOT NULL,
  guard_since INTEGER,
  guard_cause TEXT,
  stop_price TEXT,
  stop_order_id TEXT,
  plan TEXT NOT NULL,
  best_price TEXT NOT NULL,
  worst_price TEXT NOT NULL,
  initial_risk TEXT,
  open_reason TEXT NOT NULL,
  opened_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  UNIQUE (user_id, id)
) STRICT;
CREATE INDEX positions_by_status ON positions (user_id, status, id);

CREATE TABLE lots (
  position_id TEXT NOT NULL REFERENCES positions (id),
  n INTEGER NOT NULL,
  fill_key TEXT NOT NULL,
  price TEXT NOT NULL,
  opened_quantity TEXT NOT NULL,
  remaining_quantity TEXT NOT NULL,
  opened_at INTEGER NOT NULL,
  PRIMARY KEY (position_id, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE position_exits (
  position_id TEXT NOT NULL REFERENCES positions (id),
  n INTEGER NOT NULL,
  fill_key TEXT NOT NULL,
  order_id TEXT,
  quantity TEXT NOT NULL,
  price TEXT NOT NULL,
  time INTEGER NOT NULL,
  reason TEXT NOT NULL,
  gross_pnl TEXT NOT NULL,
  PRIMARY KEY (position_id, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE trades (
  id TEXT PRIMARY KEY NOT NULL,
  position_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  account_id TEXT NOT NULL,
  portfolio_id TEXT,
  trader_id TEXT,
  signal_id TEXT,
  market TEXT NOT NULL,
  symbol TEXT NOT NULL,
  side TEXT NOT NULL,
  entry_time INTEGER NOT NULL,
  entry_price TEXT NOT NULL,
  exit_time INTEGER NOT NULL,
  exit_price TEXT,
  quantity TEXT NOT NULL,
  fees TEXT NOT NULL,
  funding TEXT NOT NULL,
  pnl TEXT NOT NULL,
  pnl_pct TEXT NOT NULL,
  reason TEXT NOT NULL,
  conditions TEXT NOT NULL,
  exits TEXT NOT NULL,
  dust_quantity TEXT,
  dust_cost TEXT,
  UNIQUE (user_id, id),
  FOREIGN KEY (user_id, position_id) REFERENCES positions (user_id, id)
) STRICT;
CREATE INDEX trades_by_exit_time ON trades (user_id, exit_time, id);

CREATE TABLE portfolios (
  id TEXT PRIMARY KEY NOT NULL,
  user_id TEXT NOT NULL,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  status TEXT NOT NULL,
  market TEXT NOT NULL,
  allocated_capital TEXT NOT NULL,
  cash TEXT NOT NULL,
  risk_tolerance TEXT NOT NULL,
  rebalance_frequency TEXT NOT NULL,
  target_allocations TEXT NOT NULL,
  reasoning TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX portfolios_of_user ON portfolios (user_id, id);

CREATE TABLE balances (
  account_id TEXT NOT NULL,
  asset TEXT NOT NULL,
  user_id TEXT NOT NULL,
  free TEXT NOT NULL,
  locked TEXT NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, asset)
) STRICT, WITHOUT ROWID;

CREATE TABLE circuit_breakers (
  user_id TEXT PRIMARY KEY NOT NULL,
  status TEXT NOT NULL,
  cause TEXT,
  reason TEXT,
  since INTEGER,
  reset_at INTEGER,
  day_start INTEGER NOT NULL,
  day_start_equity TEXT NOT NULL,
  daily_pnl TEXT NOT NULL,
  daily_pnl_pct TEXT NOT NULL,
  daily_trades INTEGER NOT NULL,
  daily_wins INTEGER NOT NULL,
  daily_losses INTEGER NOT NULL,
  consecutive_losses INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE risk_events (
  id TEXT PRIMARY KEY NOT NULL,
  user_id TEXT NOT NULL,
  type TEXT NOT NULL,
  severity TEXT NOT NULL,
  message TEXT NOT NULL,
  data TEXT NOT NULL,
  acknowledged INTEGER NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX risk_events_of_user ON risk_events (user_id, id);

CREATE TABLE journal (
  id TEXT PRIMARY KEY NOT NULL,
  user_id TEXT NOT NULL,
  trade_id TEXT NOT NULL,
  market TEXT NOT NULL,
  symbol TEXT NOT NULL,
  side TEXT NOT NULL,
  entry_price TEXT NOT NULL,
  exit_price TEXT,
  quantity TEXT NOT NULL,
  pnl TEXT NOT NULL,
  pnl_pct TEXT NOT NULL,
  strategy TEXT NOT NULL,
  timeframe TEXT NOT NULL,
  setup TEXT NOT NULL,
  regime TEXT,
  entry_reasoning TEXT NOT NULL,
  exit_reasoning TEXT NOT NULL,
  confidence REAL NOT NULL,
  rsi_at_entry REAL,
  atr_at_entry REAL,
  volume_at_entry REAL,
  was_correct_entry INTEGER,
  was_correct_exit INTEGER,
  max_drawdown TEXT NOT NULL,
  max_profit TEXT NOT NULL,
  hold_ms INTEGER NOT NULL,
  lessons TEXT NOT NULL,
  improvements TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  FOREIGN KEY (user_id, trade_id) REFERENCES trades (user_id, id)
) STRICT;
CREATE INDEX journal_of_user ON journal (user_id, id);

-- What was audited may be gone: no foreign keys.
CREATE TABLE audit (
  seq INTEGER PRIMARY KEY NOT NULL,
  at INTEGER NOT NULL,
  user_id TEXT NOT NULL,
  subject TEXT NOT NULL,
  subject_id TEXT NOT NULL,
  change TEXT NOT NULL,
  data TEXT NOT NULL
) STRICT;
CREATE INDEX audit_of_user ON audit (user_id, seq);

CREATE TABLE heartbeats (
  user_id TEXT NOT NULL,
  part TEXT NOT NULL,
  at INTEGER NOT NULL,
  detail TEXT NOT NULL,
  PRIMARY KEY (user_id, part)
) STRICT, WITHOUT ROWID;

CREATE TABLE engine_state (
  user_id TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (user_id, key)
) STRICT, WITHOUT ROWID;
