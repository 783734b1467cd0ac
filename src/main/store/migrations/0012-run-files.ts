import type { Migration } from '../migrate.ts'

/**
 * The SHA-256 of each file of a trained run that has no digest of its own inside: descriptions in JSON. Weights,
 * checkpoints and maps can be checked by themselves. Runs that were trained before have no rows here.
 */
export const runFiles: Migration = {
  version: 12,
  name: 'run-files',
  sql: `
    CREATE TABLE run_file (
      run_id TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
      file TEXT NOT NULL,
      sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
      PRIMARY KEY (run_id, file)
    ) STRICT, WITHOUT ROWID;
  `,
}
