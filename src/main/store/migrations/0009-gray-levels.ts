import type { Migration } from '../migrate.ts'

/**
 * What the values of each photograph say (`src/main/images/gray-levels.ts`), measured when it is imported, and the
 * white that a person set for a dataset. Photographs that were imported before have no such values; they are measured
 * when they are needed.
 */
export const grayLevels: Migration = {
  version: 9,
  name: 'gray-levels',
  sql: `
    ALTER TABLE image ADD COLUMN robust_peak INTEGER CHECK (robust_peak BETWEEN 0 AND 65535);
    ALTER TABLE image ADD COLUMN zero_bits INTEGER CHECK (zero_bits BETWEEN 0 AND 16);
    ALTER TABLE image ADD COLUMN mean REAL CHECK (mean >= 0);
    ALTER TABLE image ADD COLUMN sharpness REAL CHECK (sharpness >= 0);

    -- A dataset without a row has the white that its photographs show.
    CREATE TABLE white_level (
      dataset_id TEXT PRIMARY KEY REFERENCES dataset (id),
      white INTEGER NOT NULL CHECK (white BETWEEN 1 AND 65535),
      changed_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
  `,
}
