/** The region of interest of each dataset. A run keeps the one that was set when it was made. */
import { z } from 'zod'
import {
  type RegionOfInterest,
  regionOfInterestSchema,
  wholePhotograph,
} from '../../shared/region-of-interest.ts'
import type { Id } from '../../shared/values.ts'
import { recordAudit } from './audit.ts'
import type { Database } from './database.ts'
import { datasetById } from './datasets.ts'
import { jsonText, toJson } from './row.ts'

export const regionOfInterestOf = (db: Database, datasetId: Id): RegionOfInterest =>
  db.get(
    z.object({ region: jsonText(regionOfInterestSchema) }),
    'SELECT region FROM region_of_interest WHERE dataset_id = $datasetId',
    { datasetId },
  )?.region ?? wholePhotograph

/** Sets the region of interest for runs that are made from now on; existing runs keep theirs. */
export function setRegionOfInterest(
  db: Database,
  datasetId: Id,
  region: RegionOfInterest,
  operator: string | null,
): void {
  db.transaction(() => {
    db.run(
      `INSERT INTO region_of_interest (dataset_id, region, changed_at) VALUES ($datasetId, $region, $now)
       ON CONFLICT (dataset_id) DO UPDATE SET region = excluded.region, changed_at = excluded.changed_at`,
      { datasetId, region: toJson(regionOfInterestSchema, region), now: db.now() },
    )
    recordAudit(db, {
      action: 'dataset.region',
      operator,
      dataset: datasetById(db, datasetId)?.name ?? null,
      detail: { region },
    })
  })
}
