/** A workspace with a run and scored images that exist as rows only: thresholds never look at a photograph. */
import { createHash } from 'node:crypto'
import { createDataset } from '../../../../src/main/store/datasets.ts'
import { addBlob, addImage } from '../../../../src/main/store/images.ts'
import { beginImport } from '../../../../src/main/store/imports.ts'
import { findRun, setCalibration, setRunState } from '../../../../src/main/store/runs.ts'
import { saveScores } from '../../../../src/main/store/scores.ts'
import type { Workspace } from '../../../../src/main/store/workspace.ts'
import type { Label, Split } from '../../../../src/shared/image.ts'
import type { Run } from '../../../../src/shared/run.ts'
import type { ImageId } from '../../../../src/shared/values.ts'
import { plainScore } from '../../store/plain-score.ts'
import { queuedRun } from '../../store/queued-run.ts'
import { freshWorkspace } from '../../store/stocked-workspace.ts'

export interface ScoredPart {
  split: Split
  label: Label
  defectType?: string
  /** [tiles, 5]: residual, feature, latent, discriminator, peak. */
  components: readonly number[]
  unscored?: boolean
}

export const componentNames = ['residual', 'feature', 'latent', 'discriminator', 'peak']

/** A part of one tile whose `izi` score is this. */
export const part = (split: Split, label: Label, residual: number, defectType?: string): ScoredPart => ({
  split,
  label,
  ...(defectType === undefined ? {} : { defectType }),
  components: [residual, 0, 0, 0, 0],
})

export function scoredRun(parts: readonly ScoredPart[]): {
  workspace: Workspace
  run: Run
  images: ImageId[]
} {
  const workspace = freshWorkspace()
  const { db } = workspace
  return db.transaction(() => {
    const dataset = createDataset(db, { name: 'parts', layout: 'flat', source: '/photos' })
    const importId = beginImport(db, { datasetId: dataset.id, source: '/photos', layout: 'flat' })
    const { id } = queuedRun(db, dataset.id, { config: { score: 'izi', k: 1, reduction: 'max', latent: 8 } })
    setRunState(db, id, 'training')
    setCalibration(db, id, { scores: {}, mapScale: 0.5, expectedCriticValue: 3 })
    setRunState(db, id, 'trained')
    const images = parts.map(({ split, label, defectType }, i) => {
      const sha256 = createHash('sha256').update(`${i}`).digest('hex')
      addBlob(db, { sha256, format: 'png', bytes: 1 })
      return addImage(db, {
        datasetId: dataset.id,
        sha256,
        file: `part-${i}.png`,
        width: 16,
        height: 16,
        channels: 1,
        bitDepth: 8,
        peak: 255,
        split,
        label,
        defectType: defectType ?? null,
        maskSha256: null,
        partGroup: null,
        warnings: [],
        importId,
      })
    })
    saveScores(
      db,
      id,
      componentNames,
      parts.flatMap(({ components, unscored }, i) =>
        unscored
          ? []
          : [
              plainScore(images[i] ?? 0, Math.fround(components[0] ?? 0), {
                tiles: components.length / componentNames.length,
                components: Float32Array.from(components),
              }),
            ],
      ),
    )
    return { workspace, run: findRun(db, id), images }
  })
}
