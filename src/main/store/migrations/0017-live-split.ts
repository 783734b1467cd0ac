import type { Migration } from '../migrate.ts'

/**
 * Parts of a line are a split of their own, `live`. Before, they were filed as `test`. Those that a person moved to
 * another split stay there.
 *
 * SQLite cannot change the CHECK of a column, so the column is replaced, with the indexes and triggers that name it.
 */
export const liveSplit: Migration = {
  version: 17,
  name: 'live-split',
  sql: `
    DROP TRIGGER frozen_validation_stays;
    DROP TRIGGER frozen_validation_is_whole;
    DROP INDEX image_by_use;
    DROP INDEX image_in_order;
    DROP INDEX image_by_name;
    DROP INDEX image_by_time;

    ALTER TABLE image ADD COLUMN purpose TEXT NOT NULL DEFAULT 'test'
      CHECK (purpose IN ('train', 'validation', 'test', 'live'));
    UPDATE image SET purpose = CASE
      WHEN split = 'test' AND EXISTS (
        SELECT 1 FROM live_part
          JOIN live_watch ON live_watch.id = live_part.watch_id
          JOIN import ON import.id = image.import_id
        WHERE live_part.image_id = image.id AND live_watch.dataset_id = image.dataset_id
          AND import.source = live_watch.folder)
      THEN 'live' ELSE split END;
    ALTER TABLE image DROP COLUMN split;
    ALTER TABLE image RENAME COLUMN purpose TO split;

    CREATE INDEX image_by_use ON image (dataset_id, split, label) WHERE removed_at IS NULL;
    CREATE INDEX image_in_order ON image (dataset_id, removed_at, id, split, label, defect_type, imported_at, file);
    CREATE INDEX image_by_name ON image (dataset_id, removed_at, file, id, split, label, defect_type, imported_at);
    CREATE INDEX image_by_time ON image (dataset_id, removed_at, imported_at, id, split, label, defect_type, file);

    CREATE TRIGGER frozen_validation_stays BEFORE UPDATE OF split, label, defect_type, mask_sha256, removed_at ON image
    WHEN (OLD.split = 'validation' OR NEW.split = 'validation')
      AND (OLD.split IS NOT NEW.split OR OLD.label IS NOT NEW.label OR OLD.defect_type IS NOT NEW.defect_type
        OR OLD.mask_sha256 IS NOT NEW.mask_sha256 OR OLD.removed_at IS NOT NEW.removed_at)
      AND EXISTS (SELECT 1 FROM dataset WHERE id = NEW.dataset_id AND validation_frozen_at IS NOT NULL)
    BEGIN
      SELECT RAISE(ABORT, 'the validation set is frozen');
    END;
    CREATE TRIGGER frozen_validation_is_whole BEFORE INSERT ON image
    WHEN NEW.split = 'validation'
      AND EXISTS (SELECT 1 FROM dataset WHERE id = NEW.dataset_id AND validation_frozen_at IS NOT NULL)
    BEGIN
      SELECT RAISE(ABORT, 'the validation set is frozen');
    END;
  `,
}
