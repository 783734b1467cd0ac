import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  measureGrayLevels,
  setWhiteLevelOfDataset,
} from '../../../../src/main/features/datasets/white-levels.ts'
import { importFolder } from '../../../../src/main/features/import/import-folder.ts'
import { type LookedAt, pictureFindings } from '../../../../src/main/features/training/picture-findings.ts'
import { suitsWhole } from '../../../../src/main/features/training/picture-sizes.ts'
import { startTraining } from '../../../../src/main/features/training/training.ts'
import { trainingOutlook } from '../../../../src/main/features/training/training-outlook.ts'
import { createRandom } from '../../../../src/main/platform/random.ts'
import { findDataset } from '../../../../src/main/store/datasets.ts'
import { listImages, setSplit } from '../../../../src/main/store/images.ts'
import { findRun } from '../../../../src/main/store/runs.ts'
import { whiteLevel } from '../../../../src/main/store/white-levels.ts'
import type { Workspace } from '../../../../src/main/store/workspace.ts'
import { wordsIn } from '../../../../src/shared/messages/words.ts'
import { describeCompiled } from '../../engine/graph/native.ts'
import { freshWorkspace } from '../../store/stocked-workspace.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'
import { writeFolder } from '../import/photographs.ts'
import { sessionOn } from '../line.ts'
import { tinyTraining } from '../line-training.ts'

const side = 32
const fileRow = z.object({ file: z.string(), width: z.int(), height: z.int() })

interface Made {
  width?: number
  height?: number
  /** Largest value of the noise, and what is added to it. */
  top?: number
  base?: number
  bits?: 8 | 16
  blur?: number
  /** A square of this value. */
  glare?: number
}

/** A part of noise. */
function picture(seed: number, made: Made = {}): Promise<Buffer> {
  const { width = side, height = side, top = 100, base = 60, bits = 8, blur, glare } = made
  const random = createRandom(seed)
  const data = Array.from({ length: width * height }, () => base + random.int(top + 1))
  if (glare !== undefined) {
    for (let y = 4; y < 10; y++) data.fill(glare, y * width + 4, y * width + 10)
  }
  const samples = bits === 16 ? Uint16Array.from(data) : Uint8Array.from(data)
  const plain = sharp(samples, { raw: { width, height, channels: 1 } })
  return (blur === undefined ? plain : plain.blur(blur))
    .toColourspace(bits === 16 ? 'grey16' : 'b-w')
    .png()
    .toBuffer()
}

/** A workspace with the dataset "parts": `good` ordinary parts and some others, all of them good. */
async function withParts(others: Record<string, Made>, ordinary: Made = {}, good = 20): Promise<Workspace> {
  const workspace = freshWorkspace()
  const files: Record<string, Buffer> = {}
  for (let i = 0; i < good; i++) files[`train/good/part-${i}.png`] = await picture(i, ordinary)
  let seed = 1000
  for (const [name, made] of Object.entries(others)) {
    files[`train/good/${name}.png`] = await picture(seed++, { ...ordinary, ...made })
  }
  const folder = await writeFolder(temporaryFolder(), files)
  await importFolder(workspace, { folder, dataset: 'parts', layout: 'mvtec' })
  return workspace
}

const whole: LookedAt = { input: 'whole', size: 32 }
const of = (workspace: Workspace, looked = whole) =>
  pictureFindings(workspace.db, findDataset(workspace.db, 'parts').id, looked)
const file = (name: string): string => `train/good/${name}.png`

describe('before a training, of photographs that are all alike', () => {
  it('nothing is said', async () => {
    expect(of(await withParts({}))).toEqual([])
    expect(of(await withParts({}, { bits: 16, top: 800 }))).toEqual([])
  })
})

describe('before a training, with the files', () => {
  it('it is said which photograph has another size', async () => {
    const workspace = await withParts({ cropped: { width: 31 } })
    expect(of(workspace)).toEqual([
      {
        code: 'odd-sizes',
        params: { count: 1, of: 21, files: [file('cropped')], width: side, height: side },
      },
    ])
  })

  it('it is said that long photographs would be squeezed, and only where whole ones are seen', async () => {
    const workspace = await withParts({}, { width: 16, height: 400 })
    expect(of(workspace)).toEqual([
      { code: 'squeezed', params: { width: 16, height: 400, size: 32, least: 13 } },
    ])
    expect(of(workspace, { input: 'tiles', size: 32 })).toEqual([])
  })

  it('it is said which photographs have another depth, or another alignment', async () => {
    const eight = await withParts({ eight: { bits: 8, top: 100 } }, { bits: 16, top: 800 })
    expect(of(eight)).toContainEqual({
      code: 'mixed-depths',
      params: { count: 1, of: 21, files: [file('eight')], bits: 8 },
    })
    const workspace = await withParts({}, { bits: 16, top: 800 })
    const high = Uint16Array.from({ length: side * side }, (_, i) => (100 + (i % 700)) * 16)
    const folder = await writeFolder(temporaryFolder(), {
      'train/good/high.png': await sharp(high, { raw: { width: side, height: side, channels: 1 } })
        .toColourspace('grey16')
        .png()
        .toBuffer(),
    })
    await importFolder(workspace, { folder, dataset: 'parts', layout: 'mvtec' })
    expect(of(workspace)).toContainEqual({
      code: 'mixed-alignment',
      params: { count: 1, of: 21, files: [file('high')] },
    })
  })

  it('it is said which photographs are black, white or blurred', async () => {
    const workspace = await withParts({
      'lamp-off': { top: 2, base: 0 },
      'lamp-on': { top: 2, base: 253 },
      moved: { blur: 3 },
    })
    const finding = (code: string, name: string) => ({
      code: `${code}-photographs`,
      params: { count: 1, of: 23, files: [file(name)] },
    })
    expect(of(workspace)).toEqual([
      finding('black', 'lamp-off'),
      finding('white', 'lamp-on'),
      finding('blurred', 'moved'),
    ])
  })

  it('it is said which values lie above the white that a person set', async () => {
    const workspace = await withParts({ shining: { glare: 3800 } }, { bits: 16, top: 700 })
    await setWhiteLevelOfDataset(workspace, { dataset: 'parts', white: 1023, operator: null })
    expect(of(workspace)).toContainEqual({
      code: 'photographs-above-white',
      params: { count: 1, of: 21, files: [file('shining')], white: 1023 },
    })
  })

  it('it is said where one photograph alone makes the range so large', async () => {
    const workspace = await withParts({ shining: { glare: 60_000 } }, { bits: 16, top: 700 })
    expect(of(workspace)).toContainEqual({
      code: 'white-by-few',
      params: { count: 1, of: 21, files: [file('shining')], white: 65_535, below: 1024 },
    })
  })

  it('each finding has words in both languages that name the files', async () => {
    const workspace = await withParts({ cropped: { width: 31 }, 'lamp-off': { top: 2, base: 0 } })
    for (const finding of of(workspace)) {
      for (const language of ['en', 'zh-CN']) {
        const name = finding.code === 'odd-sizes' ? 'cropped' : 'lamp-off'
        expect(wordsIn(language).text('warning', finding)).toContain(file(name))
      }
    }
  })

  it('photographs of an earlier version are counted until somebody has them measured', async () => {
    const workspace = await withParts({})
    workspace.db.run('UPDATE image SET robust_peak = NULL, zero_bits = NULL, mean = NULL, sharpness = NULL')
    expect(of(workspace)).toEqual([{ code: 'photographs-unmeasured', params: { count: 20 } }])
    await measureGrayLevels(workspace, findDataset(workspace.db, 'parts').id, null)
    expect(of(workspace)).toEqual([])
  })
})

describe('whether whole photographs are seen', () => {
  it('does not change by one odd size, and does by many', () => {
    const size = (width: number, count: number) => ({ width, height: 72, count })
    expect(suitsWhole([size(96, 24), size(95, 1)])).toBe(true)
    expect(suitsWhole([size(96, 24), size(95, 8)])).toBe(false)
    expect(suitsWhole([{ width: 64, height: 2000, count: 24 }])).toBe(false)
    expect(suitsWhole([])).toBe(true)
  })
})

const cases = resolve('../shared/data/cases')
const hasCases = existsSync(cases)
if (!hasCases) console.log(`skipped: the cases of photographs before a training, because ${cases} is absent`)

async function caseOf(...path: string[]): Promise<Workspace> {
  const workspace = freshWorkspace()
  await importFolder(workspace, { folder: join(cases, ...path), dataset: 'parts' })
  return workspace
}
const outlookOf = (workspace: Workspace) =>
  trainingOutlook(
    workspace,
    { hasGpu: false, backbone: null },
    { dataset: 'parts', model: 'fanogan', preset: 'smoke', set: {} },
  )

describe.skipIf(!hasCases)('the cases that people met', () => {
  it('one cropped photograph changes nothing of the method, and is named', async () => {
    const [same, odd] = [await caseOf('29-one-odd-size', 'same'), await caseOf('29-one-odd-size', 'set')]
    expect(outlookOf(odd).fromDataset).toEqual(outlookOf(same).fromDataset)
    expect(of(odd)).toMatchObject([{ code: 'odd-sizes', params: { files: ['train/good/cropped.png'] } }])
    expect(of(same)).toEqual([])
  })

  it('strips of a line-scan camera are seen in tiles, and squeezing them is warned of', async () => {
    const workspace = await caseOf('27-linescan', 'strips')
    expect(outlookOf(workspace).fromDataset).toMatchObject({ input: 'tiles' })
    expect(of(workspace, { input: 'whole', size: 64 })).toMatchObject([
      { code: 'squeezed', params: { width: 64, height: 2000, least: 31 } },
    ])
    const extreme = await caseOf('27-linescan', 'extreme')
    const files = extreme.db.all(fileRow, 'SELECT file, width, height FROM image ORDER BY file')
    expect(files.map(({ width, height }) => `${width}x${height}`)).toEqual(['16x20000', '20000x16'])
  })

  it('a glare of a 12-bit camera is as bright as it is; a hot pixel changes nothing', async () => {
    const white = async (name: string): Promise<number> => {
      const { db } = await caseOf('22-12bit-in-16', name)
      return whiteLevel(db, findDataset(db, 'parts').id, 16)
    }
    expect(await white('lsb')).toBe(4095)
    expect(await white('msb')).toBe(4095 * 16)
    expect(await white('lsb-hot')).toBe(4095)
  })

  it('mixed depths are named before a training', async () => {
    expect(of(await caseOf('22-12bit-in-16', 'mixed'))).toContainEqual(
      expect.objectContaining({ code: 'mixed-depths' }),
    )
  })
})

describeCompiled('a training on a camera of 12 bits', () => {
  it.skipIf(!hasCases)('comes to the same weights, however its values are aligned', async () => {
    const shas: unknown[] = []
    for (const name of ['lsb', 'msb']) {
      const session = sessionOn(join(temporaryFolder(), 'workspace'))
      await importFolder(session.workspace, { folder: join(cases, '22-12bit-in-16', name), dataset: 'parts' })
      // The lot that draws the validation images goes by the bytes of a file, which differ here.
      const { db } = session.workspace
      for (const image of listImages(db, { datasetId: findDataset(db, 'parts').id, label: 'normal' })) {
        if (image.split === 'test') continue
        setSplit(db, image.id, /00\d\.tif$/.test(image.file) ? 'validation' : 'train')
      }
      const { job, run } = await startTraining(session, tinyTraining())
      expect((await session.jobs.ended(job)).state).toBe('done')
      const { result, calibration } = findRun(db, run)
      shas.push({ weights: result?.weightsSha256, calibration })
    }
    expect(shas[1]).toEqual(shas[0])
  })
})
