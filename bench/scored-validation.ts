/** A validation set with scores and no photographs, as many as are wanted: one part in twenty is defective. */
import { createHash } from 'node:crypto'
import { createRandom } from '../src/main/platform/random.ts'
import type { Database } from '../src/main/store/database.ts'
import { createDataset } from '../src/main/store/datasets.ts'
import { addBlob, addImage } from '../src/main/store/images.ts'
import { beginImport } from '../src/main/store/imports.ts'
import { createRun, setCalibration, setRunState } from '../src/main/store/runs.ts'
import { saveScores } from '../src/main/store/scores.ts'

const names = ['residual', 'feature', 'latent', 'discriminator', 'peak']

/** @returns the run that they are scored by */
export function storeScoredValidation(db: Database, images: number): string {
  const random = createRandom(1)
  return db.transaction(() => {
    const dataset = createDataset(db, { name: 'parts', layout: 'flat', source: '/photos' })
    const importId = beginImport(db, { datasetId: dataset.id, source: '/photos', layout: 'flat' })
    const config = { score: 'izif', k: 1, reduction: 'max', latent: 64 }
    const run = createRun(db, {
      datasetId: dataset.id,
      model: 'fanogan',
      preset: 'quick',
      seed: 1,
      config,
      stepsTotal: 1,
    })
    const ids = Array.from({ length: images }, (_, i) => {
      const sha256 = createHash('sha256').update(`${i}`).digest('hex')
      addBlob(db, { sha256, format: 'png', bytes: 1 })
      const label = i % 20 === 0 ? 'anomalous' : 'normal'
      return addImage(db, {
        datasetId: dataset.id,
        sha256,
        file: `part-${i}.png`,
        width: 64,
        height: 64,
        channels: 1,
        bitDepth: 8,
        peak: 255,
        split: 'validation',
        label,
        defectType: label === 'normal' ? null : `type ${i % 3}`,
        maskSha256: null,
        partGroup: null,
        warnings: [],
        importId,
      })
    })
    for (let at = 0; at < images; at += 1000) {
      saveScores(
        db,
        run.id,
        names,
        ids.slice(at, at + 1000).map((imageId, i) => ({
          imageId,
          score: 0,
          calibrated: null,
          tiles: 9,
          components: Float32Array.from(
            { length: 45 },
            () => random.normal() + ((at + i) % 20 === 0 ? 1 : 0),
          ),
          mapFile: null,
          mapScale: null,
          mapWidth: null,
          mapHeight: null,
          reconstructionFile: null,
          warnings: [],
        })),
      )
    }
    setRunState(db, run.id, 'training')
    setRunState(db, run.id, 'trained')
    setCalibration(db, run.id, { mapScale: 1, expectedCriticValue: 0 })
    return run.id
  })
}
