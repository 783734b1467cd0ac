/** From nothing to decisions, through the real command line. */
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { verifyReportSchema } from '../../../src/shared/workspace.ts'
import { describeCompiled } from '../engine/graph/native.ts'
import { writtenTiff } from '../images/written-tiff.ts'
import { sharedFolder, temporaryFolder } from '../store/temporary-folder.ts'
import { documents } from './documents.ts'
import { cannotInterrupt, type Finished, fanoscope, interruptAt } from './fanoscope.ts'

describeCompiled('from the sample line to decisions', () => {
  const folder = sharedFolder()
  const line = join(folder, 'line')
  const workspace = join(folder, 'workspace')
  const inWorkspace = (...parameters: string[]): Promise<Finished> =>
    fanoscope([...parameters, '--workspace', workspace, '--json'])

  let sampled: Finished
  let imported: Finished
  let trained: Finished
  let scored: Finished
  let run = ''

  beforeAll(async () => {
    sampled = await fanoscope('sample --train 40 --test-good 4 --per-defect 1 --json'.split(' ').concat(line))
    imported = await inWorkspace('import', line, '--dataset', 'sample', '--has-direction')
    trained = await inWorkspace('train', '--dataset', 'sample', '--preset', 'smoke', '--seed', '7')
    run = documents.train.parse(trained.document()).run
    scored = await inWorkspace('score', '--run', run)
  })

  it('writes the sample line with what was asked for', () => {
    expect(sampled.code).toBe(0)
    expect(sampled.document()).toMatchObject({
      dir: line,
      synthetic: true,
      images: { trainGood: 40, testGood: 4 },
    })
    expect(readdirSync(join(line, 'test'))).toContain('scratch')
  })

  it('imports it whole', () => {
    expect(imported.code).toBe(0)
    expect(documents.import.parse(imported.document())).toMatchObject({
      dataset: 'sample',
      imported: 49,
      duplicates: [],
      refused: [],
      splits: { train: 34, validation: 6, test: 9, live: 0 },
    })
  })

  it('finds everything there when it imports again', async () => {
    const again = await inWorkspace('import', line, '--dataset', 'sample')
    expect(again.document()).toMatchObject({ imported: 0, already: 49 })
  })

  it('trains, with what it was told and what came of it', () => {
    expect(trained.code).toBe(0)
    expect(documents.train.parse(trained.document())).toMatchObject({
      model: 'fanogan',
      preset: 'smoke',
      seed: 7,
      steps: 240,
      resumed: false,
      stopped: false,
    })
  })

  it('tells progress on standard error, one line for each step of it', () => {
    // A machine that has not trained yet knows what is left once a phase has run for some seconds.
    expect(trained.stderr).toMatch(
      /^Training generator and critic: \d+ of 240 \(\d+ %\)(, about \d+ s left)?$/m,
    )
    expect(trained.stderr).toMatch(/^Run \S+$/m)
  })

  it('scores the test split, and only what has no score yet when it scores again', async () => {
    expect(scored.code).toBe(0)
    expect(documents.score.parse(scored.document())).toMatchObject({ run, images: 9, already: 0 })
    const again = await inWorkspace('score', '--run', run, '--split', 'test')
    expect(documents.score.parse(again.document())).toMatchObject({ images: 0, already: 9 })
  })

  it('evaluates by image, by pixel and by defect type', async () => {
    const { code, document } = await inWorkspace('evaluate', '--run', run, '--score', 'izi')
    expect(code).toBe(0)
    const evaluation = documents.evaluate.parse(document())
    expect(evaluation).toMatchObject({ run, score: 'izi', split: 'test', n: { normal: 4, anomalous: 5 } })
    expect(Object.keys(evaluation.perDefectType)).toEqual(['burr', 'chip', 'dent', 'scratch', 'stain'])
    expect(evaluation.pixelAuroc).not.toBeNull()
  })

  it('lists the queue, the highest score first', async () => {
    const { document } = await inWorkspace('review', '--run', run, '--list')
    const list = documents.list.parse(document())
    const scores = list.map(({ score }) => score)
    expect(scores).toHaveLength(9)
    expect(scores).toEqual(scores.toSorted((a, b) => b - a))
  })

  it('keeps a decision with its operator, and takes it back', async () => {
    const list = async () =>
      documents.list.parse((await inWorkspace('review', '--run', run, '--list')).document())
    const image = (await list())[0]?.image ?? 0
    const by = ['--run', run, '--operator', 'Li Na']
    const decided = await inWorkspace('review', ...by, '--image', String(image), '--decision', 'reject')
    expect(decided.document()).toMatchObject({ image, decision: 'reject', operator: 'Li Na' })
    expect((await list())[0]).toMatchObject({ image, decision: 'reject', operator: 'Li Na' })
    expect((await inWorkspace('review', ...by, '--undo')).code).toBe(0)
    expect((await list())[0]).toMatchObject({ image, decision: null })
  })

  it('scores the photographs of a folder as a dataset of their own', async () => {
    const today = join(folder, 'today')
    cpSync(join(line, 'test', 'scratch'), today, { recursive: true })
    writeFileSync(join(today, 'notes.txt'), 'two shifts')
    const { document, stderr } = await inWorkspace('score', '--run', run, '--images', today)
    expect(document()).toMatchObject({ run, images: 1, dataset: 'scored today' })
    expect(stderr).toContain('Refused notes.txt')
    // Another folder of that name does not mix with it.
    const other = join(folder, 'other', 'today')
    cpSync(join(line, 'test', 'burr'), other, { recursive: true })
    const second = await inWorkspace('score', '--run', run, '--images', other)
    expect(second.document()).toMatchObject({ images: 1, dataset: 'scored today 2' })
    const again = await inWorkspace('score', '--run', run, '--images', today)
    expect(again.document()).toMatchObject({ images: 0, already: 1, dataset: 'scored today' })
  })

  it('scores photographs of floating point in the range confirmed for the dataset of the run', async () => {
    const floats = (shift: number): Buffer =>
      writtenTiff([
        {
          width: 64,
          height: 64,
          bits: 32,
          strips: [new Uint8Array(Float32Array.from({ length: 64 * 64 }, (_, i) => i / 4095 + shift).buffer)],
          fields: [{ tag: 339, values: [3] }],
        },
      ])
    const known = join(folder, 'floats')
    const today = join(folder, 'floats of today')
    for (const dir of [known, today]) mkdirSync(dir)
    writeFileSync(join(known, 'known.tif'), floats(0))
    writeFileSync(join(today, 'new.tif'), floats(0.5))
    await inWorkspace('import', known, '--dataset', 'sample', '--range', '0,1')
    const { document, stderr } = await inWorkspace('score', '--run', run, '--images', today)
    expect(document()).toMatchObject({ run, images: 1, dataset: 'scored floats of today' })
    expect(stderr).toContain(
      'Photographs of floating point or 32 bits: 1, read from 0 (black) to 1 (white) as confirmed for the dataset "sample".',
    )
    expect(stderr).toContain('new.tif: 50 % of its pixels lie outside of the range from 0 to 1')
  })

  it.skipIf(cannotInterrupt)(
    'stops at Ctrl-C with a checkpoint, and goes on to the weights of a run that never stopped',
    async () => {
      const stopped = await fanoscope(
        [
          'train',
          '--dataset',
          'sample',
          '--preset',
          'smoke',
          '--seed',
          '7',
          '--workspace',
          workspace,
          '--json',
        ],
        interruptAt('Training generator'),
      )
      expect(stopped.code).toBe(130)
      const first = documents.train.parse(stopped.document())
      expect(first).toMatchObject({ stopped: true, weightsSha256: null })
      expect(first.steps).toBeLessThan(240)
      const resumed = await inWorkspace('train', '--resume', first.run)
      expect(resumed.code).toBe(0)
      expect(documents.train.parse(resumed.document())).toMatchObject({
        run: first.run,
        steps: 240,
        resumed: true,
        weightsSha256: documents.train.parse(trained.document()).weightsSha256,
      })
    },
  )

  it.skipIf(cannotInterrupt)('refuses to go on from damaged checkpoints, and loses nothing', async () => {
    const copy = join(temporaryFolder(), 'workspace')
    const stopped = await fanoscope(
      ['train', '--dataset', 'sample', '--preset', 'smoke', '--workspace', workspace, '--json'],
      interruptAt('Training generator'),
    )
    const { run: half } = documents.train.parse(stopped.document())
    cpSync(workspace, copy, { recursive: true })
    const checkpoints = join(copy, 'runs', half, 'checkpoints')
    for (const name of readdirSync(checkpoints)) {
      const bytes = readFileSync(join(checkpoints, name))
      writeFileSync(join(checkpoints, name), bytes.subarray(0, bytes.length / 2))
    }
    const resumed = await fanoscope(['train', '--resume', half, '--workspace', copy, '--json'])
    expect(resumed.code).toBe(1)
    const { error } = documents.error.parse(resumed.document())
    expect(error.code).toBe('checkpoint-corrupt')
    expect(error.remedy).toContain(half)
    const scoredStill = await fanoscope(['score', '--run', run, '--workspace', copy, '--json'])
    expect(scoredStill.document()).toMatchObject({ already: 9 })
  })

  it('finds the workspace whole after all that, and copies it to one that is whole as well', async () => {
    const verified = await inWorkspace('verify')
    expect(verified.code).toBe(0)
    expect(verifyReportSchema.parse(verified.document())).toMatchObject({ ok: true, problems: [] })
    const copy = join(temporaryFolder(), 'copy')
    const backup = await inWorkspace('backup', copy)
    expect(z.object({ to: z.string(), files: z.int() }).parse(backup.document()).to).toBe(copy)
    const checked = await fanoscope(['verify', '--workspace', copy, '--json'])
    expect(checked.document()).toMatchObject({ ok: true })
  })

  it('checks, evaluates and exports with --read-only, and leaves the workspace as it was', async () => {
    const ordinary = join(temporaryFolder(), 'ordinary.csv')
    await inWorkspace('export', '--run', run, '--format', 'csv', '--to', ordinary)
    const rows = async (): Promise<unknown> =>
      (await inWorkspace('audit', '--verify', '--read-only')).document()
    const before = [await rows(), readFileSync(join(workspace, 'fanoscope.db'))]
    const readOnly = (...parameters: string[]): Promise<Finished> => inWorkspace(...parameters, '--read-only')
    expect((await readOnly('verify')).document()).toMatchObject({ ok: true, workspace })
    const evaluated = await readOnly('evaluate', '--run', run, '--score', 'izi')
    expect(documents.evaluate.parse(evaluated.document()).n).toEqual({ normal: 4, anomalous: 5 })
    const table = join(temporaryFolder(), 'scores.csv')
    const exported = await readOnly('export', '--run', run, '--format', 'csv', '--to', table)
    expect([exported.code, exported.stderr]).toEqual([0, exported.stderr])
    expect(readFileSync(table, 'utf8')).toBe(readFileSync(ordinary, 'utf8'))
    const mended = await readOnly('verify', '--mend')
    expect(documents.error.parse(mended.document()).error.code).toBe('workspace-read-only')
    const changed = await readOnly('rename', '--dataset', 'sample', '--to', 'other')
    expect(documents.error.parse(changed.document()).error.code).toBe('wrong-use')
    expect([await rows(), readFileSync(join(workspace, 'fanoscope.db'))]).toEqual(before)
  })

  it('says what is missing when it verifies, with exit 1', async () => {
    const copy = join(temporaryFolder(), 'workspace')
    cpSync(workspace, copy, { recursive: true })
    const [shelf = ''] = readdirSync(join(copy, 'images'))
    const [blob = ''] = readdirSync(join(copy, 'images', shelf))
    writeFileSync(join(copy, 'images', shelf, blob), 'damaged')
    const { code, document } = await fanoscope(['verify', '--workspace', copy, '--json'])
    expect(code).toBe(1)
    const { ok, problems } = verifyReportSchema.parse(document())
    expect(ok).toBe(false)
    expect(problems.map(({ file }) => file)).toEqual([`images/${shelf}/${blob}`])
  })
})
