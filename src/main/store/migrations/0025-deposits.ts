import type { Migration } from '../migrate.ts'

/** Photographs that a program posted, and the numbers of parts that came with them. */
export const deposits: Migration = {
  version: 25,
  name: 'deposits',
  sql: `
    -- A photograph that this station wrote into a watched folder itself. The row is there before the file has its name,
    -- and goes once the verdict is stored.
    CREATE TABLE deposit (
      file TEXT PRIMARY KEY,
      point TEXT NOT NULL REFERENCES inspection_point (name),
      folder TEXT NOT NULL,
      part_number TEXT,
      view TEXT,
      came_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX deposit_by_point ON deposit (point);

    -- What a program called the part; that of a part with several views is in viewed_part.
    ALTER TABLE live_part ADD COLUMN part_number TEXT;
  `,
}
