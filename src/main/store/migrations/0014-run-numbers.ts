import type { Migration } from '../migrate.ts'

/** Tells apart runs of a dataset that would have the same name: the second one gets the number 2, and so on. */
export const runNumbers: Migration = {
  version: 14,
  name: 'run-numbers',
  sql: `
    ALTER TABLE run ADD COLUMN number INTEGER NOT NULL DEFAULT 1 CHECK (number > 0);

    UPDATE run SET number = numbered.number
    FROM (
      SELECT id, row_number() OVER (
        PARTITION BY dataset_id, coalesce('1' || name, '0' || json_array(model, preset, seed, parent_run_id IS NULL))
        ORDER BY created_at, id
      ) AS number FROM run
    ) AS numbered
    WHERE numbered.id = run.id;
  `,
}
