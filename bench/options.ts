/**
 * What each option does alone and together: `normalization`, `relative` at one scale and at three, `whitened` and
 * `texture`, on defects that are made on normal validation photographs. The real test set is read once beside it and
 * chooses nothing.
 *
 *     node bench/options.ts --dataset ../shared/data/magnetic-tile --dataset ../shared/data/molded-figure
 *
 * Two runs of each dataset are trained, or found from before: without and with `normalization`. All else is learned on
 * their weights, as the end of a training does it.
 */

import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import sharp from 'sharp'
import type { Pixels } from '../src/main/engine/data/geometry.ts'
import { type InputMode, loadImage } from '../src/main/engine/data/load-image.ts'
import { makeDefect } from '../src/main/engine/data/made-defects.ts'
import type { EngineImage } from '../src/main/engine/protocol.ts'
import { scoringBatch } from '../src/main/engine/scoring/batch-size.ts'
import { scoreImages } from '../src/main/engine/scoring/score-images.ts'
import { systemNamed } from '../src/main/engine/systems/registry.ts'
import { TaskControl } from '../src/main/engine/task-control.ts'
import {
  engineImage,
  engineTrainingImages,
  readTrainingList,
} from '../src/main/features/runs/training-images.ts'
import { auroc } from '../src/main/metrics/auroc.ts'
import { madeDefectTypes } from '../src/main/model/made-defect-types.ts'
import { readModel, type StoredModel } from '../src/main/model/model-file.ts'
import type { ScoreKind } from '../src/main/model/scores.ts'
import { createRandom } from '../src/main/platform/random.ts'
import type { Session } from '../src/main/session/session.ts'
import { findDataset } from '../src/main/store/datasets.ts'
import { listImages } from '../src/main/store/images.ts'
import { runFolder } from '../src/main/store/runs.ts'
import { elementAt } from '../src/shared/element-at.ts'
import type { Run } from '../src/shared/run.ts'
import {
  figuresOf,
  mapTable,
  type OptionRow,
  optionTable,
  type ScoredItem,
  type ScoredSet,
} from './option-tables.ts'
import { benchSession, commonOptions, importedOnce, say, standardWorkspace, trained } from './quality-runs.ts'

const help = `node bench/options.ts [options]

  --dataset DIR     a folder to import; may be given several times
  --preset NAME     preset (quick)
  --normalization LIST  runs that are measured (none,local); all else is learned on each
  --seed N          seed of the runs and of the defects (1)
  --made N          made defects of each type on each normal photograph (as many as give 300 in all, at least 1)
  --photographs N   normal validation photographs, at most (72)
  --workspace DIR   where runs are kept (${standardWorkspace})
  --out DIR         writes options.md and options.json there
`

const { values } = parseArgs({
  options: {
    ...commonOptions,
    normalization: { type: 'string', default: 'none,local' },
    seed: { type: 'string', default: '1' },
    made: { type: 'string' },
    photographs: { type: 'string', default: '72' },
  },
})

const seed = Number(values.seed)
/** Beside the workspace, whose folders are not ours. */
const scratch = `${resolve(values.workspace)}-options`

const silent = (): void => undefined

/** The model of a run with everything learned that there is, on the same weights: the end of its training once more. */
async function withEverything(session: Session, run: Run): Promise<StoredModel> {
  const folder = join(scratch, run.id)
  if (!existsSync(join(folder, 'model', 'model.json'))) {
    say(`${run.name ?? run.id}: learning all options`)
    const from = session.workspace.path(runFolder(run.id))
    mkdirSync(folder, { recursive: true })
    cpSync(join(from, 'checkpoints'), join(folder, 'checkpoints'), { recursive: true })
    const list = await readTrainingList(session.workspace, run)
    await systemNamed(run.model).train({
      task: {
        kind: 'train',
        task: 'options',
        run: run.id,
        folder,
        model: run.model,
        config: { ...run.config, texture: true, whitened: true, relative: true, scales: 1, map: 'residual' },
        seed: run.seed,
        resume: true,
        ...(await engineTrainingImages(session.workspace, run, list)),
      },
      control: new TaskControl(),
      plan: () => undefined,
      progress: silent,
      points: silent,
      preview: silent,
      checkpoint: silent,
      paused: silent,
      continued: silent,
      log: (level, message) => void (level === 'warn' && say(`  ${message}`)),
    })
  }
  return readModel(folder)
}

interface Picture {
  kind: ScoredItem['kind']
  image: EngineImage
  /** Where the defect is; null where none was made. */
  mask: Float32Array | null
}

const steps = 65_535

async function write(
  file: string,
  { data, width, height, channels }: Pixels,
  id: number,
): Promise<EngineImage> {
  const samples = Uint16Array.from(data, (x) => Math.round(((x + 1) / 2) * steps))
  const raw = { width, height, channels: channels === 3 ? (3 as const) : (1 as const) }
  await sharp(samples, { raw })
    .toColourspace(channels === 3 ? 'rgb16' : 'grey16')
    .png({ compressionLevel: 1 })
    .toFile(file)
  return { id, file, width, height, white: steps }
}

/** Normal validation photographs at the size that the networks see, and defects made on each. */
async function madePictures(
  dataset: string,
  normal: readonly EngineImage[],
  mode: InputMode,
): Promise<Picture[]> {
  const folder = join(scratch, `${dataset}-made-${seed}`)
  mkdirSync(folder, { recursive: true })
  const plain = { ...mode, normalization: 'none' } as const
  const photographs = await Promise.all(
    normal
      .slice(0, Number(values.photographs))
      .map(async (image) => (await loadImage(image, plain)).photograph),
  )
  const each = values.made
    ? Number(values.made)
    : Math.max(1, Math.round(300 / madeDefectTypes.length / photographs.length))
  const pictures: Picture[] = []
  const add = async (kind: Picture['kind'], picture: Pixels, mask: Float32Array | null): Promise<void> => {
    const id = pictures.length + 1
    pictures.push({ kind, image: await write(join(folder, `${id}.png`), picture, id), mask })
  }
  for (const [i, photograph] of photographs.entries()) {
    await add('normal', photograph, null)
    const donor = photographs[(i + 1) % photographs.length] ?? photograph
    for (const type of madeDefectTypes) {
      for (let n = 0; n < each; n++) {
        const random = createRandom(seed, `${dataset} ${i} ${type} ${n}`)
        const made = makeDefect(photograph, type, random, donor)
        await add(type, made.picture, made.mask)
      }
    }
  }
  return pictures
}

type Values = Record<string, string | number | boolean>

/** A look at pictures with a model, its configuration changed by `set`. */
async function pass(
  model: StoredModel,
  set: Values,
  pictures: readonly Picture[],
  prepared: boolean,
): Promise<{
  set: Omit<ScoredSet, 'made' | 'test'>
  items: ScoredItem[]
  maps: Record<string, number | null>
}> {
  const description = { ...model.description, config: { ...model.description.config, ...set } }
  const loaded = systemNamed(description.model).load(
    { tensors: model.tensors, description },
    scoringBatch(description.config),
  )
  const { scorer, overlap, options } = loaded
  // What was written is of the networks' size already.
  const mode = prepared ? { ...loaded.mode, scale: 1 } : loaded.mode
  const byId = new Map(pictures.map((picture) => [picture.image.id, picture]))
  const items: ScoredItem[] = []
  const pixels = new Map<string, { scores: number[]; labels: number[] }>()
  const images = pictures.map(({ image }) => image)
  for await (const scored of scoreImages(images, { scorer, mode, overlap })) {
    const picture = byId.get(scored.image.id)
    if ('why' in scored || !picture) continue
    items.push({ kind: picture.kind, components: scored.components })
    if (items.length % 100 === 0) say(`  ${items.length} of ${images.length}`)
    const { mask } = picture
    if (!mask || !scored.pictures) continue
    const of = pixels.get(picture.kind) ?? { scores: [], labels: [] }
    pixels.set(picture.kind, of)
    // Some pixels of each; what is half covered is neither.
    for (let at = 0; at < mask.length; at += 7) {
      const covered = elementAt(mask, at, 'Pixels of a mask')
      if (covered > 0.05 && covered < 0.5) continue
      of.scores.push(elementAt(scored.pictures.map.data, at, 'Pixels of a map'))
      of.labels.push(Number(covered >= 0.5))
    }
  }
  scorer.dispose()
  const maps = Object.fromEntries(
    [...pixels].map(([type, { scores, labels }]) => [type, auroc(scores, labels)]),
  )
  return { set: { names: scorer.componentNames, options }, items, maps }
}

interface Measured {
  one: ScoredSet
  three: ScoredSet
  maps: { title: string; types: Record<string, number | null> }[]
}

async function measured(
  model: StoredModel,
  made: readonly Picture[],
  test: readonly Picture[],
): Promise<Measured> {
  const all = { texture: true, whitened: true, relative: true, scales: 1, map: 'texture' }
  const coarse = { texture: false, whitened: false, relative: true, scales: 3, map: 'relative', score: 'izi' }
  const plain = { ...coarse, relative: false, map: 'residual' }
  const sets: ScoredSet[] = []
  const maps: Measured['maps'] = []
  for (const [title, set] of [
    ['`map: texture`', all],
    ['`map: relative`, 3 scales', coarse],
  ] as const) {
    const madeOnes = await pass(model, set, made, true)
    const real = await pass(model, set, test, false)
    sets.push({ ...madeOnes.set, made: madeOnes.items, test: real.items })
    maps.push({ title, types: madeOnes.maps })
  }
  const residual = await pass(model, plain, made, true)
  maps.unshift({ title: '`map: residual`', types: residual.maps })
  const [one, three] = sets
  if (!one || !three) throw new RangeError('there are two passes')
  return { one, three, maps }
}

/** The options of one run, alone and together. */
function rowsOf({ one, three }: Measured, tiles: boolean, prefix: string): OptionRow[] {
  const part = (kind: ScoreKind, set = one) => ({ set, kind })
  const wide = part('relative', three)
  const alone: [string, OptionRow['parts']][] = [
    ['izif (paper)', [part('izif')]],
    ['izi', [part('izi')]],
    ['peak', [part('peak')]],
    ['whitened', [part('whitened')]],
    ['relative', [part('relative')]],
    ['relative, 3 scales', [wide]],
    ['texture', [part('texture')]],
  ]
  const together: [string, OptionRow['parts']][] = [
    ['peak + whitened', [part('peak'), part('whitened')]],
    ['peak + relative, 3 scales', [part('peak'), wide]],
    ['whitened + relative, 3 scales', [part('whitened'), wide]],
    ['texture + whitened', [part('texture'), part('whitened')]],
    ['texture + relative, 3 scales', [part('texture'), wide]],
    ['texture + peak', [part('texture'), part('peak')]],
    ['all: texture + whitened + relative, 3 scales', [part('texture'), part('whitened'), wide]],
  ]
  const rows = [...alone, ...together].map(([title, parts]) => ({
    title: prefix + title,
    parts,
    reduction: 'max' as const,
  }))
  if (!tiles) return rows
  // The highest tenth of tiles in place of the highest one; what is of the whole photograph stays as it is.
  const ofTiles = alone.filter(([title]) => title !== 'texture')
  return [
    ...rows,
    ...ofTiles.map(([title, parts]) => ({
      title: `${prefix}${title}, top-k`,
      parts,
      reduction: 'top-k' as const,
    })),
  ]
}

async function datasetSection(
  session: Session,
  folder: string,
): Promise<{ markdown: string; figures: unknown }> {
  const dataset = await importedOnce(session, folder)
  const { workspace } = session
  const { id } = findDataset(workspace.db, dataset)
  const rows: OptionRow[] = []
  const maps: Measured['maps'] = []
  for (const normalization of values.normalization.split(',')) {
    const set: Values = normalization === 'none' ? {} : { normalization }
    const run = await trained(session, { dataset, model: 'fanogan', preset: values.preset, seed, set })
    const model = await withEverything(session, run)
    const list = await readTrainingList(workspace, run)
    const { validation } = await engineTrainingImages(workspace, run, list)
    const { mode } = loadedMode(model)
    const made = await madePictures(dataset, validation, mode)
    const test = listImages(workspace.db, { datasetId: id, split: 'test' })
      .filter(({ label }) => label !== 'unlabeled')
      .map(
        (image): Picture => ({
          kind: image.label === 'normal' ? 'normal' : 'anomalous',
          image: engineImage(workspace, image, list.white),
          mask: null,
        }),
      )
    say(`${run.name ?? run.id}: ${made.length} made pictures, ${test.length} of the test set`)
    const found = await measured(model, made, test)
    const prefix = normalization === 'none' ? '' : 'normalized: '
    rows.push(...rowsOf(found, mode.input === 'tiles', prefix))
    maps.push(...found.maps.map(({ title, types }) => ({ title: prefix + title, types })))
  }
  const figures = rows.map(figuresOf)
  const markdown = [`### ${dataset}`, optionTable(figures), mapTable(maps)].join('\n\n')
  return { markdown, figures: { dataset, figures, maps } }
}

function loadedMode({ tensors, description }: StoredModel): { mode: InputMode } {
  const { scorer, mode } = systemNamed(description.model).load({ tensors, description }, 1)
  scorer.dispose()
  return { mode }
}

async function main(): Promise<void> {
  const session = benchSession(values.workspace)
  const sections: string[] = []
  const figures: unknown[] = []
  try {
    for (const folder of values.dataset) {
      const section = await datasetSection(session, folder)
      sections.push(section.markdown)
      figures.push(section.figures)
    }
  } finally {
    await session.close()
  }
  const markdown = sections.join('\n\n')
  process.stdout.write(`${markdown}\n`)
  if (!values.out) return
  mkdirSync(values.out, { recursive: true })
  writeFileSync(join(values.out, 'options.md'), `${markdown}\n`)
  writeFileSync(join(values.out, 'options.json'), `${JSON.stringify(figures, null, 1)}\n`)
}

if (values.help || values.dataset.length === 0) process.stdout.write(help)
else await main()
