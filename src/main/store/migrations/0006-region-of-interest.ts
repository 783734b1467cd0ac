import type { Migration } from '../migrate.ts'

/** What of a dataset's photographs counts: drawn, or found on each of them. */
export const regionOfInterest: Migration = {
  version: 6,
  name: 'region-of-interest',
  sql: `
    -- region: src/shared/region-of-interest.ts; a dataset without a row uses whole photographs.
    CREATE TABLE region_of_interest (
      dataset_id TEXT PRIMARY KEY REFERENCES dataset (id),
      region TEXT NOT NULL CHECK (json_valid(region)),
      changed_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
  `,
}
