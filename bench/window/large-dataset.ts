/**
 * A dataset of 100,000 images with scores and decisions, written row by row: an import of as many would take an hour.
 * Each image has a file of its own; where photographs are asked for, they are a few thousand really different ones,
 * under many names.
 */
import { createHash } from 'node:crypto'
import { linkSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import sharp, { type Sharp } from 'sharp'
import { createRandom } from '../../src/main/platform/random.ts'
import { blobFile } from '../../src/main/store/blob-store.ts'
import type { Database } from '../../src/main/store/database.ts'
import { createDataset } from '../../src/main/store/datasets.ts'
import { beginImport } from '../../src/main/store/imports.ts'
import { findOrMakeOperator } from '../../src/main/store/operators.ts'
import { openWorkspace } from '../../src/main/store/workspace.ts'

export const largeRun = 'bench-run'
const largeDefects = ['dent', 'scratch', 'stain'] as const

/** Bytes of a picture that many images have. */
export interface Picture {
  file: string
  bytes: number
}

/** @param pictures shared out among the images in turn; none where only rows are measured */
export function stockDataset(
  db: Database,
  options: {
    count: number
    source: string
    pictures?: readonly Picture[]
    link?: (from: string, to: string) => void
  },
): string {
  const { count, source, pictures = [], link } = options
  const random = createRandom(1, 'grid')
  const dataset = createDataset(db, { name: 'line', layout: 'flat', source })
  const importId = beginImport(db, { datasetId: dataset.id, source, layout: 'flat' })
  const operator = findOrMakeOperator(db, 'bench').id
  db.run(
    `INSERT INTO run (id, dataset_id, model, preset, seed, config, state, components, created_at)
     VALUES ($run, $dataset, 'fanogan', 'smoke', 1, '{"score": "izi"}', 'trained', '["residual"]', 1)`,
    { run: largeRun, dataset: dataset.id },
  )
  db.transaction(() => {
    for (let i = 0; i < count; i++) {
      const sha256 = createHash('sha256').update(String(i)).digest('hex')
      const bad = random.int(10) === 0
      const picture = pictures[i % Math.max(1, pictures.length)]
      if (picture !== undefined) link?.(picture.file, blobFile(sha256, 'jpeg'))
      db.run(`INSERT INTO blob (sha256, format, bytes, stored_at) VALUES ($sha256, 'jpeg', $bytes, 1)`, {
        sha256,
        bytes: picture?.bytes ?? 1,
      })
      const { lastId } = db.run(
        `INSERT INTO image (dataset_id, sha256, file, width, height, channels, bit_depth, peak, split, label,
           defect_type, import_id, imported_at, removed_at)
         VALUES ($dataset, $sha256, $file, 512, 512, 1, 8, 255, $split, $label, $type, $importId, $time, $removed)`,
        {
          dataset: dataset.id,
          sha256,
          file: `camera ${random.int(4)}/part ${String(random.int(1e6)).padStart(6, '0')} ${i}.png`,
          split: ['train', 'validation', 'test'][random.int(3)] ?? 'train',
          label: bad ? 'anomalous' : 'normal',
          type: bad ? (largeDefects[random.int(3)] ?? null) : null,
          importId,
          time: 1.7e12 + random.int(1e9),
          removed: random.int(50) === 0 ? 1 : null,
        },
      )
      db.run(
        `INSERT INTO score (run_id, image_id, score, tiles, components, scored_at)
         VALUES ($run, $image, $score, 1, $components, 1)`,
        { run: largeRun, image: lastId, score: random.uniform(), components: Buffer.alloc(4) },
      )
      if (random.int(3) > 0) continue
      db.run(
        `INSERT INTO decision (run_id, image_id, operator_id, decision, decided_at)
         VALUES ($run, $image, $operator, $decision, 1)`,
        {
          run: largeRun,
          image: lastId,
          operator,
          decision: random.int(4) === 0 ? 'reject' : 'accept',
        },
      )
    }
    db.run(`UPDATE import SET state = 'done', finished_at = 1 WHERE id = $importId`, { importId })
  })
  return dataset.id
}

const side = 512

/** Photographs of 512 x 512: parts of real ones where they are at hand, else of a surface that is computed. */
async function writePictures(folder: string, count: number): Promise<Picture[]> {
  const real = realPhotographs()
  const random = createRandom(1, 'pictures')
  const pictures: Picture[] = []
  for (let i = 0; i < count; i++) {
    const original = real[i % Math.max(1, real.length)]
    const turned =
      original === undefined
        ? surface(i)
        : sharp(
            await sharp(original)
              .resize(side + 96, side + 96, { fit: 'cover' })
              .toBuffer(),
          )
    const file = join(folder, `${i}.jpg`)
    const cut = { left: random.int(96), top: random.int(96), width: side, height: side }
    const flip = random.int(2) === 1
    const bytes = await turned.extract(cut).flip(flip).jpeg({ quality: 88 }).toBuffer()
    writeFileSync(file, bytes)
    pictures.push({ file, bytes: bytes.length })
  }
  return pictures
}

function realPhotographs(): string[] {
  const folder = resolve(import.meta.dirname, '../../../shared/data/magnetic-tile')
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.jpg'))
      .map((file) => join(folder, file))
      .filter((file) => statSync(file).isFile())
      .toSorted()
  } catch {
    // Not every machine has them.
    return []
  }
}

function surface(seed: number): Sharp {
  const random = createRandom(seed, 'surface')
  const whole = side + 96
  const samples = new Uint8Array(whole * whole)
  const period = 8 + random.int(60)
  for (let i = 0; i < samples.length; i++) {
    samples[i] = 110 + 40 * Math.sin((i % whole) / period) + random.int(24)
  }
  return sharp(samples, { raw: { width: whole, height: whole, channels: 1 } })
}

export async function makeLargeWorkspace(
  dir: string,
  scratch: string,
  { count, photographs }: { count: number; photographs: number },
): Promise<void> {
  const workspace = openWorkspace(dir, { create: true })
  try {
    const pictures = await writePictures(scratch, photographs)
    const folders = new Set<string>()
    stockDataset(workspace.db, {
      count,
      source: scratch,
      pictures,
      link(from, to) {
        const path = workspace.path(to)
        const folder = dirname(path)
        if (!folders.has(folder)) mkdirSync(folder, { recursive: true })
        folders.add(folder)
        linkSync(from, path)
      },
    })
  } finally {
    workspace.close()
  }
}
