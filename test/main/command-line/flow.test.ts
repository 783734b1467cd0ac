/** From nothing to decisions, through the real command line. */
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { verifyReportSchema } from '../../../src/shared/workspace.ts'
import { describeCompiled } from '../engine/graph/native.ts'
import { temporaryFolder } from '../store/temporary-folder.ts'
import { documents } from './documents.ts'
import { cannotInterrupt, type Finished, fanoscope, interruptAt, sharedFolder } from './fanoscope.ts'

describeCompiled('from the sample line to decisions', () => {
  const { folder, remove } = sharedFolder()
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
  afterAll(remove)

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
      splits: { train: 34, validation: 6, test: 9 },
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

  it('tells progress with the time left on standard error, one line for each step of it', () => {
    expect(trained.stderr).toMatch(/^Training generator and critic: \d+ of 240 \(\d+ %\), about \d+ s left$/m)
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
