import type { Migration } from '../migrate.ts'

/**
 * Rows of the audit are signed: `signed_by` is the row that tells of the key, `signature` is over the row's number and
 * hash. `row_sum` has a checksum of each row of the other tables (`src/main/store/row-sums.ts`), so that damage inside
 * of a row is seen.
 */
export const proofs: Migration = {
  version: 16,
  name: 'proofs',
  sql: `
    ALTER TABLE audit ADD COLUMN signed_by INTEGER;
    ALTER TABLE audit ADD COLUMN signature BLOB;

    -- part: the row by its primary key, or several rows that belong together.
    CREATE TABLE row_sum (
      of_table TEXT NOT NULL,
      part TEXT NOT NULL,
      sum INTEGER NOT NULL,
      PRIMARY KEY (of_table, part)
    ) STRICT, WITHOUT ROWID;
  `,
}
