import { randomUUID } from 'node:crypto'
import { mkdir, readdir, rm, rmdir, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import PQueue from 'p-queue'
import sharp from 'sharp'
import { z } from 'zod'
import { Failure, reasonOf } from '../../../shared/failure.ts'
import { renamePatiently } from '../../platform/patient-rename.ts'
import { createRandom, type Random } from '../../platform/random.ts'
import { type Camera, createCamera, driftingExposures, type Exposure, photograph } from './camera.ts'
import { addDefect, type DefectType, defectTypes } from './defects.ts'
import { createFixture, type Fixture, imageSide, renderPart } from './part.ts'

/** How many parts to write; the defaults are the sample line of the first-start screen. */
const samplePlanSchema = z.object({
  /** The same seed gives the same files, byte for byte. */
  seed: z.int().min(0).default(1),
  /** Good parts for training. */
  trainCount: z.int().min(1).max(100_000).default(240),
  /** Good parts for the test. */
  testGoodCount: z.int().min(0).max(100_000).default(60),
  /** Defective parts for the test, of each type. */
  perDefectCount: z.int().min(0).max(100_000).default(12),
})
type SamplePlan = z.infer<typeof samplePlanSchema>

interface SampleOptions extends Partial<SamplePlan> {
  /** Called after each written part with the number of parts done and to do. */
  onProgress?: (done: number, total: number) => void
  /** Aborting it stops the writing; no file stays, and the signal's reason is thrown. */
  signal?: AbortSignal
}

/** What was written. */
export interface SampleSummary {
  dir: string
  synthetic: true
  seed: number
  images: { trainGood: number; testGood: number; defects: Record<DefectType, number> }
  width: number
  height: number
}

/** A part's number in the order of production, and where its photograph belongs. */
interface Assignment {
  part: number
  split: 'train' | 'test'
  defect: DefectType | null
}

function readme(plan: SamplePlan): string {
  return `SYNTHETIC SAMPLE LINE

Every picture in this folder was computed by Fanoscope. None is a photograph, no such part exists, and no
figure measured on these pictures says how a model does on a real line. They are here to try the program.

What is shown: a turned flange with hub, bore, keyway and bolt holes under a monochrome camera, with drift
of the lamp, small changes of pose and focus, surface texture and sensor noise.
Layout: MVTec AD (train/good, test/<type>, ground_truth/<type>/<stem>_mask.png).
Files: ${imageSide}x${imageSide} pixels, 8-bit gray PNG; in a mask 255 is defective. The number in a file
name is the part's place in production; no part appears twice.
Good for training: ${plan.trainCount}. Good for test: ${plan.testGoodCount}.
Defective, of each type (${defectTypes.join(', ')}): ${plan.perDefectCount}.
Seed: ${plan.seed}. The same seed and counts give the same pictures again.
Direction: the part has one (the keyway and the lamp), so no flips when training.

Licence: CC0 1.0, public domain dedication: https://creativecommons.org/publicdomain/zero/1.0/
`
}

/** Distributes splits and defects randomly over the production order, so that all of them see the same drift. */
function assign(plan: SamplePlan, random: Random): Assignment[] {
  const places: Omit<Assignment, 'part'>[] = []
  for (let i = 0; i < plan.trainCount; i++) places.push({ split: 'train', defect: null })
  for (let i = 0; i < plan.testGoodCount; i++) places.push({ split: 'test', defect: null })
  for (const defect of defectTypes) {
    for (let i = 0; i < plan.perDefectCount; i++) places.push({ split: 'test', defect })
  }
  return random.shuffle(places).map((place, index) => ({ ...place, part: index + 1 }))
}

/** Gray values to a PNG file, imageSide pixels wide and high. */
async function writeGray(file: string, gray: Uint8Array | Uint8ClampedArray): Promise<void> {
  const raw = { width: imageSide, height: imageSide, channels: 1 } as const
  const png = await sharp(gray, { raw }).toColourspace('b-w').png({ compressionLevel: 6 }).toBuffer()
  await writeFile(file, png)
}

interface Line {
  fixture: Fixture
  camera: Camera
  random: Random
}

async function writePart(
  folder: string,
  line: Line,
  assignment: Assignment,
  exposure: Exposure,
  digits: number,
): Promise<void> {
  const number = String(assignment.part).padStart(digits, '0')
  const stem = `part-${number}`
  // A part's random numbers depend only on its number, never on the order in which files are written.
  const random = line.random.fork(`part ${assignment.part}`)
  const scene = renderPart(line.fixture, exposure.pose, exposure.lighting, random.fork('surface'))
  const type = assignment.defect ?? 'good'
  const mask = assignment.defect ? addDefect(assignment.defect, scene, random.fork('defect')) : null
  const gray = photograph(line.camera, scene.luminance, exposure.blur, random.fork('sensor'))
  await writeGray(join(folder, assignment.split, type, `${stem}.png`), gray)
  if (mask) await writeGray(join(folder, 'ground_truth', type, `${stem}_mask.png`), mask)
}

function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** Refuses a target folder that is not empty; returns whether it exists. */
async function checkTarget(dir: string): Promise<boolean> {
  try {
    const found = await stat(dir)
    if (found.isDirectory() && (await readdir(dir)).length === 0) return true
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false
    throw cannotWrite(dir, error)
  }
  throw new Failure('sample-target-not-empty', { folder: dir })
}

function cannotWrite(dir: string, error: unknown): Failure {
  return new Failure('sample-not-written', { folder: dir, reason: reasonOf(error) }, { cause: error })
}

/**
 * Writes the synthetic sample line to `dir` in MVTec layout, with masks and a README that says what it is.
 * The folder appears whole or not at all: files go to a hidden sibling that is renamed at the end.
 * Throws Failure `sample-options`, `sample-target-not-empty` or `sample-not-written`.
 */
export async function writeSampleLine(dir: string, options: SampleOptions = {}): Promise<SampleSummary> {
  const { onProgress, signal, ...requested } = options
  const parsed = samplePlanSchema.safeParse(requested)
  if (!parsed.success) {
    throw new Failure('sample-options', { problems: z.prettifyError(parsed.error) })
  }
  const plan = parsed.data
  signal?.throwIfAborted()
  const target = resolve(dir)
  const exists = await checkTarget(target)
  const building = join(dirname(target), `.${basename(target)}.${randomUUID()}.partial`)
  try {
    await writeAll(building, plan, onProgress, signal)
    // Windows does not rename onto a folder, not even onto an empty one.
    if (exists) await rmdir(target)
    await renamePatiently(building, target)
  } catch (error) {
    await rm(building, { recursive: true, force: true })
    if (signal?.aborted || error instanceof Failure) throw error
    throw cannotWrite(target, error)
  }
  return {
    dir: target,
    synthetic: true,
    seed: plan.seed,
    images: {
      trainGood: plan.trainCount,
      testGood: plan.testGoodCount,
      defects: {
        scratch: plan.perDefectCount,
        dent: plan.perDefectCount,
        stain: plan.perDefectCount,
        chip: plan.perDefectCount,
        burr: plan.perDefectCount,
      },
    },
    width: imageSide,
    height: imageSide,
  }
}

async function writeAll(
  folder: string,
  plan: SamplePlan,
  onProgress: SampleOptions['onProgress'],
  signal: AbortSignal | undefined,
): Promise<void> {
  const random = createRandom(plan.seed, 'sample line')
  const line: Line = {
    fixture: createFixture(random.fork('fixture')),
    camera: createCamera(random.fork('camera')),
    random,
  }
  const assignments = assign(plan, random.fork('assignment'))
  const exposures = driftingExposures(random.fork('exposure'), assignments.length)
  const digits = Math.max(4, String(assignments.length).length)

  await mkdir(join(folder, 'train', 'good'), { recursive: true })
  if (plan.testGoodCount > 0) await mkdir(join(folder, 'test', 'good'), { recursive: true })
  if (plan.perDefectCount > 0) {
    for (const type of defectTypes) {
      await mkdir(join(folder, 'test', type), { recursive: true })
      await mkdir(join(folder, 'ground_truth', type), { recursive: true })
    }
  }
  await writeFile(join(folder, 'README.txt'), readme(plan))

  // Rendering occupies this thread, and encoding the thread pool of libvips: a few parts at a time keep both busy.
  const queue = new PQueue({ concurrency: 3 })
  const failed: unknown[] = []
  let done = 0
  for (const [index, assignment] of assignments.entries()) {
    const exposure = exposures[index]
    if (!exposure) continue
    await queue.onSizeLessThan(1)
    signal?.throwIfAborted()
    if (failed.length > 0) break
    const written = queue.add(() => writePart(folder, line, assignment, exposure, digits))
    written.then(
      () => onProgress?.(++done, assignments.length),
      (error: unknown) => failed.push(error),
    )
  }
  await queue.onIdle()
  if (failed.length > 0) throw failed[0]
}
