import type { Migration } from '../migrate.ts'

/** Results for machines, the outputs that deliver them, and what was delivered when. */
export const outbox: Migration = {
  version: 23,
  name: 'outbox',
  sql: `
    -- One for each part that was judged, or was late. Numbers only grow; rows are never deleted.
    CREATE TABLE result (
      number INTEGER PRIMARY KEY,
      point TEXT NOT NULL,
      part_id INTEGER NOT NULL UNIQUE REFERENCES live_part (id),
      verdict TEXT NOT NULL CHECK (verdict IN ('good', 'reject')),
      cause TEXT NOT NULL CHECK (cause IN ('passed', 'flagged', 'refused', 'late')),
      score REAL,
      threshold REAL,
      run_id TEXT,
      operating_point_id INTEGER,
      judged_at INTEGER NOT NULL,
      -- What is sent; null once every output had it and newer ones took its place.
      document TEXT CHECK (document IS NULL OR json_valid(document))
    ) STRICT;
    CREATE INDEX result_by_point ON result (point, number);
    CREATE INDEX result_document ON result (number) WHERE document IS NOT NULL;

    -- secret: names the secrets, which the account keeps outside of the workspace. through: the newest result that it
    -- had or that was given up.
    CREATE TABLE output (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      point TEXT NOT NULL,
      name TEXT NOT NULL,
      settings TEXT NOT NULL CHECK (json_valid(settings)),
      secret TEXT NOT NULL,
      enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
      through INTEGER NOT NULL,
      created_at INTEGER NOT NULL,
      changed_at INTEGER NOT NULL,
      removed_at INTEGER
    ) STRICT;
    CREATE UNIQUE INDEX output_name ON output (name) WHERE removed_at IS NULL;

    -- given_up_at: it was never delivered, because too many waited.
    CREATE TABLE delivery (
      output_id INTEGER NOT NULL REFERENCES output (id),
      number INTEGER NOT NULL REFERENCES result (number),
      attempts INTEGER NOT NULL,
      delivered_at INTEGER,
      given_up_at INTEGER,
      -- The row of the audit that tells of it.
      audit_id INTEGER,
      PRIMARY KEY (output_id, number)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX delivery_by_result ON delivery (number);
    CREATE INDEX delivery_untold ON delivery (output_id, number)
      WHERE audit_id IS NULL AND (delivered_at IS NOT NULL OR given_up_at IS NOT NULL);
  `,
}
