import type { Migration } from '../migrate.ts'

/** Which model and threshold judged each live part, what the audit tells of it, and pictures that were cleared. */
export const line: Migration = {
  version: 5,
  name: 'line',
  sql: `
    -- model_use_id: the newest use that a watch has taken note of; run_id is the model that judges now. refused: why
    -- a model that was taken into use after it does not judge (src/shared/live.ts).
    ALTER TABLE live_watch ADD COLUMN model_use_id INTEGER REFERENCES model_use (id);
    ALTER TABLE live_watch ADD COLUMN refused TEXT CHECK (refused IS NULL OR json_valid(refused));
    UPDATE live_watch SET model_use_id = (
      SELECT max(model_use.id) FROM model_use JOIN run ON run.dataset_id = model_use.dataset_id
      WHERE run.id = live_watch.run_id);

    -- audit_id: the row of the audit whose checksum has this verdict in it.
    ALTER TABLE live_part ADD COLUMN run_id TEXT REFERENCES run (id);
    ALTER TABLE live_part ADD COLUMN point_id INTEGER REFERENCES operating_point (id);
    ALTER TABLE live_part ADD COLUMN audit_id INTEGER;
    UPDATE live_part SET run_id = (SELECT run_id FROM live_watch WHERE live_watch.id = live_part.watch_id)
      WHERE verdict IS NOT NULL;
    CREATE INDEX live_part_untold ON live_part (watch_id, id) WHERE verdict IS NOT NULL AND audit_id IS NULL;
    CREATE INDEX live_part_told ON live_part (audit_id, id) WHERE audit_id IS NOT NULL;
    CREATE INDEX live_part_by_image ON live_part (image_id) WHERE image_id IS NOT NULL;

    -- Its file was cleared away to keep space; the row stays, since images and the audit name it.
    ALTER TABLE blob ADD COLUMN discarded_at INTEGER;
  `,
}
