import type { Migration } from '../migrate.ts'

/** The range of values of photographs in floating point or 32 bits, as a person confirmed it for a dataset. */
export const sampleRanges: Migration = {
  version: 10,
  name: 'sample-ranges',
  sql: `
    CREATE TABLE sample_range (
      dataset_id TEXT PRIMARY KEY REFERENCES dataset (id),
      low REAL NOT NULL,
      high REAL NOT NULL CHECK (low < high),
      confirmed_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
  `,
}
