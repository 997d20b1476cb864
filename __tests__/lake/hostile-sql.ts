/** SQL that somebody may give to a command that reads, and what is to come of it. To try another, add a line. */
export interface HostileSql {
  readonly sql: string;
  /** What the refusal says, or `reads` if it is harmless and answered. */
  readonly expected: RegExp | 'reads';
}

/** Where the statements below are to read and write. */
export interface Places {
  /** Folder of the lake. */
  readonly lake: string;
  /** A file beside the lake, which holds the word `sentinel`. */
  readonly secret: string;
  /** A file that there is not. */
  readonly out: string;
}

const NOT_READING = /^a query is one statement that reads/;
const SEVERAL = /^this is several statements/;
const FUNCTION = /does more than read/;

export function hostileSql({ lake, secret, out }: Places): HostileSql[] {
  const inRaw = `${lake}/raw/new.csv`;
  const database = `${lake}/results/clickstream.duckdb`;
  return [
    // Whatever reads
    ...[
      'SELECT 1',
      'select 1;',
      '-- a comment; of two parts\nSELECT 1 -- ;',
      "/* COPY */ SELECT ';' AS text",
      'WITH x AS (SELECT 1) FROM x',
      'VALUES (1)',
      'FROM clickstream_db.clickstream_table',
      'TABLE clickstream_db.clickstream_table',
      'FROM sessions',
      'WITH sessions AS (SELECT 1 AS one) SELECT one FROM sessions',
      "SELECT * FROM query_table('failed_events')",
      'DESCRIBE clickstream_db.clickstream_table',
      'SUMMARIZE clickstream_db.clickstream_table',
      'SHOW TABLES',
      'SHOW ALL TABLES',
      '(SELECT 1) UNION (SELECT 2)',
      "PIVOT clickstream_db.clickstream_table ON event_type IN ('click') USING COUNT(*)",
      'UNPIVOT (SELECT 1 AS a, 2 AS b) ON a, b',
      'EXPLAIN SELECT 1',
      'EXPLAIN ANALYZE SELECT 1',
      '/* x */ explain (analyze, format json) /* y */ SELECT 1',
      'SELECT * FROM clickstream_db.clickstream_live',
      `SELECT COUNT(*) FROM read_text('${lake}/raw/*')`,
      "SELECT * FROM query('SELECT 1')",
      "SELECT * FROM query_table('clickstream_db.clickstream_table')",
      "SELECT unnest([1, 2]), current_setting('threads'), getvariable('lake_root')",
      'SELECT COUNT(*) FROM duckdb_tables(), duckdb_settings(), pragma_database_size()',
    ].map((sql): HostileSql => ({ sql, expected: 'reads' })),

    // Reading outside
    ...[
      `SELECT * FROM read_text('${secret}')`,
      `SELECT * FROM read_blob('${secret}')`,
      `SELECT * FROM read_csv('${secret}')`,
      `SELECT * FROM read_csv_auto('${secret}')`,
      `SELECT * FROM read_json('${secret}')`,
      `SELECT * FROM read_parquet('${secret}')`,
      `SELECT * FROM parquet_metadata('${secret}')`,
      `SELECT * FROM sniff_csv('${secret}')`,
      `SELECT * FROM '${secret}'`,
      `SELECT * FROM query('SELECT * FROM read_text(''${secret}'')')`,
      `SELECT * FROM query_table('${secret}')`,
      `SELECT * FROM glob('${secret}')`,
      "SELECT * FROM glob('/etc/*')",
      "SELECT * FROM read_text('/proc/self/environ')",
      "SELECT * FROM read_text('~/.ssh/*')",
      `SELECT * FROM read_text('${lake}/raw/../../sentinel.csv')`,
      `SELECT * FROM read_text('${lake}/raw/link')`,
      `SELECT * FROM read_text('${lake}/raw/l*')`,
      `SELECT * FROM read_text('file://${secret}')`,
      `SELECT * FROM read_text('${lake}/answer-key.json')`,
      `EXPLAIN ANALYZE SELECT * FROM read_text('${secret}')`,
      `DESCRIBE SELECT * FROM read_csv('${secret}')`,
      `SUMMARIZE FROM read_csv('${secret}')`,
      'SELECT * FROM duckdb_secrets()',
    ].map((sql): HostileSql => ({ sql, expected: /Permission Error: Cannot access|does more than read/ })),
    { sql: "SELECT getenv('HOME')", expected: /getenv does not exist/ },
    { sql: "SELECT * FROM read_csv('https://example.com/x.csv')", expected: /httpfs|Permission Error/ },
    { sql: "SELECT * FROM read_csv('s3://bucket/x.csv')", expected: /httpfs|Permission Error/ },
    { sql: `SELECT * FROM sqlite_scan('${secret}', 't')`, expected: /sqlite_scan/ },

    // Writing files
    ...[
      `COPY (SELECT 1) TO '${inRaw}'`,
      `COPY clickstream_db.clickstream_table TO '${inRaw}'`,
      `COPY sessions TO '${inRaw}'`,
      `EXPLAIN ANALYZE COPY (SELECT 1) TO '${inRaw}'`,
      `EXPLAIN (ANALYZE) COPY (SELECT 1) TO '${inRaw}'`,
      `EXPLAIN /* SELECT 1 */ ANALYZE COPY (SELECT 1) TO '${inRaw}'`,
      `EXPLAIN ANALYZE /* /* */ COPY (SELECT 1) TO '${inRaw}' -- */ SELECT 1`,
      `/* /* */ SELECT 1 /* */ */ COPY (SELECT 1) TO '${inRaw}'`,
      `/* /* */ COPY (SELECT 1) TO '${inRaw}' -- */ SELECT 1`,
      `EXPLAIN COPY (SELECT 1) TO '${inRaw}'`,
    ].map((sql): HostileSql => ({ sql, expected: /reads|syntax error|unterminated/ })),
    ...[
      `COPY (SELECT 1) TO '${out}'`,
      `COPY (SELECT 1) TO '${secret}'`,
      `COPY (SELECT 1) TO '${database}'`,
      `EXPLAIN ANALYZE COPY (SELECT 1) TO '${out}'`,
      `EXPORT DATABASE '${out}'`,
      `IMPORT DATABASE '${out}'`,
      `ATTACH '${out}'`,
      `ATTACH '${out}' AS other (READ_WRITE)`,
    ].map((sql): HostileSql => ({ sql, expected: /Permission Error: Cannot access|is one statement that reads/ })),
    ...[
      `SELECT * FROM enable_logging(storage = 'file', storage_path = '${lake}/raw')`,
      `SELECT * FROM system.main.enable_logging(storage = 'file', storage_path = '${out}')`,
      `SELECT * FROM query('FROM enable_' || 'logging(storage = ''file'', storage_path = ''${out}'')')`,
      `WITH x AS MATERIALIZED (FROM enable_logging()) SELECT * FROM x, x AS y`,
      `EXPLAIN ANALYZE FROM enable_logging()`,
      `SELECT (SELECT COUNT(*) FROM enable_profiling())`,
      "SELECT * FROM json_execute_serialized_sql(json_serialize_sql('SELECT 1'))",
      'SELECT * FROM force_checkpoint()',
      'SELECT * FROM checkpoint()',
    ].map((sql): HostileSql => ({ sql, expected: FUNCTION })),

    // Several statements
    ...[
      'SELECT 1; SELECT 2',
      `SELECT 1; COPY (SELECT 1) TO '${out}'`,
      `SELECT 1 /* ; */; -- nothing\nCOPY (SELECT 1) TO '${out}'`,
      'PIVOT clickstream_db.clickstream_table ON event_type USING COUNT(*)',
    ].map((sql): HostileSql => ({ sql, expected: SEVERAL })),

    // Other than reading
    ...[
      'CREATE TEMP TABLE x AS SELECT 1',
      'CREATE TEMP TABLE x AS SELECT 1; FROM x',
      'COPY FROM DATABASE clickstream TO temp',
      'CREATE TEMP MACRO f() AS 1',
      'CREATE TEMP VIEW x AS SELECT 1',
      'SET VARIABLE lake_root = 1',
      'RESET VARIABLE lake_root',
      "SET TimeZone = 'Asia/Tokyo'",
      'SET enable_external_access = true',
      'SET lock_configuration = false',
      "SET memory_limit = '100GB'",
      'RESET memory_limit',
      'USE clickstream_db',
      'PRAGMA database_list',
      'PRAGMA threads = 8',
      'PRAGMA enable_profiling',
      'CHECKPOINT',
      'FORCE CHECKPOINT',
      'VACUUM',
      'ANALYZE',
      'BEGIN',
      'CALL duckdb_tables()',
      'CALL enable_logging()',
      'PREPARE p AS SELECT 1',
      'EXECUTE p',
      'CREATE SECRET s (TYPE s3)',
      'CREATE TEMP SEQUENCE s',
      'WITH x AS (SELECT 99) INSERT INTO lake.format FROM x',
      'DETACH clickstream',
      'LOAD httpfs',
      'INSTALL httpfs',
      'FORCE INSTALL httpfs FROM community',
      'UPDATE EXTENSIONS',
      'DROP TABLE clickstream_db.clickstream_table',
      'DELETE FROM sessions',
      'CREATE VIEW sessions AS SELECT 1',
      'USE main',
      "SET search_path = 'main'",
      'DELETE FROM clickstream_db.clickstream_table',
      'TRUNCATE clickstream_db.clickstream_table',
      "UPDATE clickstream_db.clickstream_table SET user_id = 'x'",
      'INSERT INTO lake.format VALUES (99)',
      'ALTER TABLE lake.format ADD COLUMN x INTEGER',
      'CREATE TABLE x AS SELECT 1',
      'CREATE OR REPLACE VIEW clickstream_db.raw_events AS SELECT 1',
      "COMMENT ON TABLE lake.format IS 'x'",
      'EXPLAIN ANALYZE DELETE FROM clickstream_db.clickstream_table',
      'EXPLAIN ANALYZE CREATE TEMP TABLE x AS SELECT 1',
    ].map((sql): HostileSql => ({ sql, expected: /^a query is one statement that reads|read-only/ })),
    { sql: 'SELECT 1 INTO x', expected: /SELECT INTO not supported/ },
    { sql: 'WITH x AS (INSERT INTO lake.format VALUES (99) RETURNING *) FROM x', expected: /needs a SELECT/ },
    { sql: "SELECT nextval('s')", expected: /does not exist/ },
    { sql: 'SELECT * FROM seq_scan()', expected: /directly/ },
  ];
}

/** The same for `--allow-files`, which lets a query read any file, and write one outside the lake. */
export function hostileSqlWithFiles({ lake, secret, out }: Places): HostileSql[] {
  const database = `${lake}/results/clickstream.duckdb`;
  return [
    { sql: `SELECT * FROM read_text('${secret}')`, expected: 'reads' },
    { sql: `FROM '${secret}'`, expected: 'reads' },
    ...[
      `COPY (SELECT 1) TO '${database}'`,
      `COPY (SELECT 1) TO '${lake}/raw/x.csv'`,
      `COPY (SELECT 1) TO '${lake}/raw/../results/clickstream.duckdb'`,
      `COPY (SELECT 1) TO '/proc/self/root${database}'`,
      `COPY (SELECT 1 AS a, 2 AS b) TO '${lake}' (FORMAT csv, PARTITION_BY (a), OVERWRITE)`,
      `COPY (SELECT 1 AS a, 2 AS b) TO '${lake}/..' (FORMAT csv, PARTITION_BY (a), OVERWRITE)`,
      `COPY (SELECT 1) TO '${lake}-link/raw/x.csv'`,
      `COPY lake.format TO '${lake}/raw/x.csv'`,
    ].map((sql): HostileSql => ({ sql, expected: /is in the lake, or holds it/ })),
    { sql: `COPY (SELECT 1) TO 'file://${database}'`, expected: /is no path of a file/ },
    ...[
      `COPY (SELECT 1) TO ('${lake}' || '/raw/x.csv')`,
      `COPY (SELECT 1) TO '${out}' '\n/../lake/raw/x.csv'`,
      `COPY (SELECT 1 AS a, 2 AS b) TO '${out}' (FORMAT csv, PARTITION_BY (a), FILENAME_PATTERN '../../x')`,
      `COPY (SELECT 1 AS a, 2 AS b) TO '${out}' (FORMAT csv, PARTITION_BY (a), FILE_EXTENSION '/../../x')`,
      `COPY lake.format FROM '${secret}'`,
    ].map((sql): HostileSql => ({ sql, expected: /a COPY is one of these|syntax error|read-only/ })),
    ...[
      `COPY (SELECT * FROM enable_logging(storage = 'file', storage_path = '${lake}/raw')) TO '${out}'`,
      `SELECT * FROM enable_logging(storage = 'file', storage_path = '${lake}/raw')`,
      `SELECT * FROM read_duckdb('${database}', table_name = 'format')`,
    ].map((sql): HostileSql => ({ sql, expected: FUNCTION })),
    { sql: `COPY (SELECT 1) TO '${out}'; SELECT 1`, expected: /a COPY is one of these/ },
    ...[
      `COPY (SELECT 1) TO '${out}' (FORMAT csv); COPY lake.format TO '${lake}/raw/x.csv' (FORMAT csv)`,
      `COPY lake.format TO '${out}' (FORMAT csv); COPY lake.format TO '${lake}/raw/x.csv' (FORMAT csv)`,
    ].map((sql): HostileSql => ({ sql, expected: SEVERAL })),
    ...[
      `ATTACH '${out}' AS other (READ_WRITE)`,
      `EXPORT DATABASE '${out}'`,
      `EXPLAIN ANALYZE COPY (SELECT 1) TO '${out}'`,
      'LOAD httpfs',
      "SET memory_limit = '100GB'",
      'DELETE FROM clickstream_db.clickstream_table',
    ].map((sql): HostileSql => ({ sql, expected: NOT_READING })),
    { sql: "SELECT * FROM read_csv('https://example.com/x.csv')", expected: /httpfs/ },
  ];
}
