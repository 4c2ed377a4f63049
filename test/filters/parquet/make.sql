-- Writes the candle files of this folder with DuckDB 1.5, which shares no code with the reader under test:
--     duckdb < make.sql
-- Minute candles from 2022-01-01 00:00 UTC.
SET TimeZone = 'UTC';
CREATE TABLE candles AS
  SELECT 1640995200000 + 60000 * i AS ms, 100 + i % 7 AS open, greatest(100 + i % 7, 100 + i % 5) + 0.5::DOUBLE AS high,
    least(100 + i % 7, 100 + i % 5) - 0.25::DOUBLE AS low, 100 + i % 5 AS close, 10 + i AS volume
  FROM range(40) minutes(i);
CREATE TABLE many AS
  SELECT 1640995200000 + 60000 * i AS ms, 1.5 AS open, 2.5::DOUBLE AS high, 0.5::FLOAT AS low, 1::HUGEINT AS close, 3 AS volume
  FROM range(4500) minutes(i);

COPY (SELECT make_timestamp_ms(ms)::TIMESTAMP_MS AS timestamp, * FROM candles) TO 'timestamp-ms.parquet' (COMPRESSION ZSTD);
COPY (SELECT make_timestamp_ms(ms) AS "Time", * FROM candles) TO 'timestamp-us.parquet' (COMPRESSION SNAPPY);
COPY (SELECT timezone('UTC', make_timestamp_ms(ms)) AS "openTime", * FROM candles) TO 'timestamp-us-zone.parquet' (COMPRESSION SNAPPY);
COPY (SELECT make_timestamp_ms(ms)::TIMESTAMP_NS AS open_time, * FROM candles) TO 'timestamp-ns.parquet' (COMPRESSION GZIP);
COPY (SELECT ms // 1000 AS time, * FROM candles) TO 'int64-s.parquet' (COMPRESSION UNCOMPRESSED);
COPY (SELECT ms AS time, * FROM candles) TO 'int64-ms.parquet' (COMPRESSION LZ4_RAW);
COPY (SELECT ms * 1000 AS time, * FROM candles) TO 'int64-us.parquet' (COMPRESSION BROTLI);
COPY (SELECT ms * 1000000 AS time, * FROM candles) TO 'int64-ns.parquet' (COMPRESSION ZSTD);

-- Several row groups, and figures of other types.
COPY (SELECT ms AS time, * EXCLUDE (ms) FROM many) TO 'row-groups.parquet' (COMPRESSION ZSTD, ROW_GROUP_SIZE 2048);

-- Row 3 is twice there, row 5 has no close, row 8 a low above its high.
COPY (
  SELECT CASE ms WHEN 1640995320000 THEN 1640995260000 ELSE ms END AS time, open, high,
    CASE ms WHEN 1640995620000 THEN 1000 ELSE low END AS low, CASE ms WHEN 1640995440000 THEN NULL ELSE close END AS close, volume
  FROM candles
) TO 'bad-rows.parquet' (COMPRESSION ZSTD);
COPY (SELECT ms AS time, open, high, low FROM candles) TO 'no-close.parquet' (COMPRESSION ZSTD);
COPY (SELECT ms AS time, * FROM candles WHERE ms < 0) TO 'no-rows.parquet' (COMPRESSION ZSTD);
