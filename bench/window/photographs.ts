/** A workspace of a few large photographs, with anomaly maps and drawn masks, without an engine. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import sharp from 'sharp'
import { importFolder } from '../../src/main/features/import/import-folder.ts'
import { writeAnomalyMap } from '../../src/main/images/anomaly-map.ts'
import { createRandom, type Random } from '../../src/main/platform/random.ts'
import { keepAnnotation } from '../../src/main/store/annotations.ts'
import { datasetByName } from '../../src/main/store/datasets.ts'
import { gridOrder } from '../../src/main/store/image-grid.ts'
import { saveScores } from '../../src/main/store/scores.ts'
import { openWorkspace } from '../../src/main/store/workspace.ts'
import { elementAt } from '../../src/shared/element-at.ts'
import type { Shape } from '../../src/shared/label.ts'

const run = 'bench-run'

/** A surface with noise: nothing of it is cheap to draw. */
async function photograph(side: number, random: Random): Promise<Buffer> {
  const samples = new Uint8Array(side * side)
  for (let i = 0; i < samples.length; i++) samples[i] = 110 + 40 * Math.sin((i % side) / 90) + random.int(24)
  const picture = sharp(samples, { raw: { width: side, height: side, channels: 1 } })
  return picture.toColourspace('b-w').png({ compressionLevel: 3 }).toBuffer()
}

/** Some hot spots on a noisy ground. */
function anomalies(side: number, random: Random): Float32Array {
  const values = new Float32Array(side * side)
  const spots = Array.from({ length: 12 }, () => ({
    x: random.int(side),
    y: random.int(side),
    radius: side / 60 + random.int(side / 20),
  }))
  for (let i = 0; i < values.length; i++) values[i] = 0.15 * random.uniform()
  for (const { x, y, radius } of spots) {
    for (let row = Math.max(0, Math.floor(y - 2 * radius)); row < Math.min(side, y + 2 * radius); row++) {
      for (
        let column = Math.max(0, Math.floor(x - 2 * radius));
        column < Math.min(side, x + 2 * radius);
        column++
      ) {
        const far = ((column - x) ** 2 + (row - y) ** 2) / radius ** 2
        const at = row * side + column
        values[at] = elementAt(values, at, 'Pixels of a photograph') + 1.2 * Math.exp(-far)
      }
    }
  }
  return values
}

/** A ragged ring of so many corners. */
export function ragged(
  random: Random,
  at: { x: number; y: number },
  radius: number,
  corners: number,
): number[] {
  return Array.from({ length: corners }, (_, i) => {
    const angle = (i / corners) * 2 * Math.PI
    const r = radius * (0.9 + 0.1 * random.uniform())
    return [at.x + r * Math.cos(angle), at.y + r * Math.sin(angle)]
  }).flat()
}

/** A hundred masks in rows, and before them one of 2,000 corners around the middle. */
function shapes(side: number, random: Random): Shape[] {
  const cell = side / 10
  const many = Array.from(
    { length: 100 },
    (_, i): Shape => ({
      kind: 'polygon',
      defectType: (['dent', 'scratch', 'stain'] as const)[i % 3] ?? 'dent',
      points: ragged(
        random,
        { x: ((i % 10) + 0.5) * cell, y: (Math.floor(i / 10) + 0.5) * cell },
        cell * 0.3,
        60,
      ),
    }),
  )
  const large: Shape = {
    kind: 'polygon',
    defectType: 'dent',
    points: ragged(random, { x: side / 2, y: side / 2 }, side * 0.42, 2000),
  }
  return [...many, large]
}

export async function makePhotographs(
  dir: string,
  scratch: string,
  { side, count }: { side: number; count: number },
): Promise<void> {
  const random = createRandom(1, 'photographs')
  const folder = join(scratch, 'photographs')
  mkdirSync(folder)
  for (let i = 0; i < count; i++) writeFileSync(join(folder, `${i}.png`), await photograph(side, random))
  const workspace = openWorkspace(dir, { create: true })
  const { db } = workspace
  try {
    await importFolder(workspace, { folder, dataset: 'large' })
    const dataset = datasetByName(db, 'large')
    if (!dataset) throw new RangeError('nothing was imported')
    db.run(`UPDATE image SET split = 'test'`)
    db.run(
      `INSERT INTO run (id, dataset_id, model, preset, seed, config, state, calibration, created_at)
       VALUES ($run, $dataset, 'fanogan', 'smoke', 1, '{"score": "izi"}', 'trained', '{"mapScale": 1}', 1)`,
      { run, dataset: dataset.id },
    )
    const images = gridOrder(db, dataset.id, {}, { by: 'added', descending: false })
    for (const id of images) {
      const map = await writeAnomalyMap({ values: anomalies(side, random), width: side, height: side })
      const mapFile = `runs/${run}/maps/${id}.png`
      const reconstructionFile = `runs/${run}/maps/${id}-reconstruction.png`
      mkdirSync(dirname(workspace.path(mapFile)), { recursive: true })
      writeFileSync(workspace.path(mapFile), map.bytes)
      writeFileSync(workspace.path(reconstructionFile), await photograph(side, random))
      saveScores(
        db,
        run,
        ['residual'],
        [
          {
            imageId: id,
            score: random.uniform(),
            calibrated: 50,
            tiles: 1,
            components: new Float32Array([0.5]),
            mapFile,
            mapScale: map.scale,
            mapWidth: side,
            mapHeight: side,
            reconstructionFile,
            warnings: [],
          },
        ],
      )
      keepAnnotation(db, { imageId: id, shapes: shapes(side, random), operatorId: null })
    }
  } finally {
    workspace.close()
  }
}
