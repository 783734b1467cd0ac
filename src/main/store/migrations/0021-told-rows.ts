import type { Migration } from '../migrate.ts'

/**
 * Rows of the audit tell which rows of other tables they leave behind, so that what is stored can be compared with the
 * audit. Rows of before are told by what their details say.
 */
export const toldRows: Migration = {
  version: 21,
  name: 'told-rows',
  sql: `
    -- stored: src/main/store/told/stored-rows.ts; null where the row leaves nothing behind, and in rows of before.
    ALTER TABLE audit ADD COLUMN stored TEXT CHECK (stored IS NULL OR json_valid(stored));

    -- New rows that the next row of the audit tells. part: the key of the row as a JSON array.
    CREATE TABLE untold (
      of_table TEXT NOT NULL,
      part TEXT NOT NULL,
      PRIMARY KEY (of_table, part)
    ) STRICT, WITHOUT ROWID;

    -- A workspace with a history: the audit has to say how many rows were there when it began to tell of them.
    INSERT INTO untold (of_table, part) SELECT '', 'begin'
    WHERE EXISTS (SELECT 1 FROM dataset) OR EXISTS (SELECT 1 FROM operator) OR EXISTS (SELECT 1 FROM audit);
  `,
}
