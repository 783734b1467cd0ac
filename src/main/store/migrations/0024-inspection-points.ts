import type { Migration } from '../migrate.ts'

/**
 * Inspection points: where a station takes photographs of parts, several at the same time. What was watched before
 * becomes the first one, which has the name that results and outputs have had for it.
 */
export const inspectionPoints: Migration = {
  version: 24,
  name: 'inspection-points',
  sql: `
    -- A name stays what it is: results, outputs and machines know the point by it. most_waiting: of more parts that wait
    -- and that machines were told are late, the oldest are not judged; null: all are judged.
    CREATE TABLE inspection_point (
      name TEXT PRIMARY KEY,
      most_waiting INTEGER CHECK (most_waiting IS NULL OR most_waiting > 0),
      created_at INTEGER NOT NULL,
      removed_at INTEGER
    ) STRICT;
    INSERT INTO inspection_point (name, most_waiting, created_at)
      VALUES ('line', 1000, coalesce((SELECT min(created_at) FROM live_watch), unixepoch() * 1000));

    ALTER TABLE live_watch ADD COLUMN point TEXT REFERENCES inspection_point (name);
    UPDATE live_watch SET point = 'line';
    CREATE INDEX live_watch_by_point ON live_watch (point, created_at);
  `,
}
