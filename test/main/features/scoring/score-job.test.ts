import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import sharp from 'sharp'
import { expect, it } from 'vitest'
import { setWhiteLevelOfDataset } from '../../../../src/main/features/datasets/white-levels.ts'
import { importFolder } from '../../../../src/main/features/import/import-folder.ts'
import { scoreSummarySchema } from '../../../../src/main/features/scoring/score-job.ts'
import { startScoring } from '../../../../src/main/features/scoring/scoring.ts'
import { startTraining } from '../../../../src/main/features/training/training.ts'
import type { Session } from '../../../../src/main/session/session.ts'
import { findDataset } from '../../../../src/main/store/datasets.ts'
import { listImages } from '../../../../src/main/store/images.ts'
import { scoreOf } from '../../../../src/main/store/scores.ts'
import { describeCompiled } from '../../engine/graph/native.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'
import { writeFolder } from '../import/photographs.ts'
import { sessionOn } from '../line.ts'
import { tinyTraining } from '../line-training.ts'

const side = 32

/** A part of a 12-bit camera in 16 bits; with `glare` a square that shines. */
function picture(seed: number, glare = false): Promise<Buffer> {
  const samples = Uint16Array.from({ length: side * side }, (_, i) => 300 + ((i * 7919 + seed * 131) % 500))
  if (glare) for (let y = 8; y < 16; y++) samples.fill(3800, y * side + 8, y * side + 16)
  return sharp(samples, { raw: { width: side, height: side, channels: 1 } })
    .toColourspace('grey16')
    .png()
    .toBuffer()
}

async function trained(session: Session, set = {}): Promise<string> {
  const { job, run } = await startTraining(session, tinyTraining(set))
  expect((await session.jobs.ended(job)).state).toBe('done')
  return run
}

async function scored(session: Session, run: string, datasetId?: string) {
  const { job } = startScoring(session, {
    run,
    split: datasetId === undefined ? 'test' : null,
    again: false,
    ...(datasetId === undefined ? {} : { datasetId }),
  })
  return scoreSummarySchema.parse((await session.jobs.ended(job)).result)
}

const cases = resolve('../shared/data/cases/27-linescan')
const hasCases = existsSync(cases)
if (!hasCases) console.log(`skipped: the scoring of strips, because ${cases} is absent`)

describeCompiled('a scoring', () => {
  it('names the photographs whose values lie above the white of the model', async () => {
    const session = sessionOn(join(temporaryFolder(), 'workspace'))
    const files: Record<string, Buffer> = { 'test/glare/shining.png': await picture(99, true) }
    for (let i = 0; i < 14; i++) files[`train/good/${i}.png`] = await picture(i)
    files['test/good/plain.png'] = await picture(50)
    const folder = await writeFolder(temporaryFolder(), files)
    await importFolder(session.workspace, { folder, dataset: 'parts' })
    await setWhiteLevelOfDataset(session.workspace, { dataset: 'parts', white: 1023, operator: null })
    const run = await trained(session)
    const warning = { code: 'above-white', params: { value: 3800, white: 1023 } }
    const { warnings } = await scored(session, run)
    expect(warnings).toEqual([{ ...warning, file: 'test/glare/shining.png', image: expect.any(Number) }])
    const stored = scoreOf(session.workspace.db, run, warnings[0]?.image ?? 0)
    expect(stored?.warnings).toEqual([warning])
  })

  it.skipIf(!hasCases)('takes photographs however long they are, and its maps are as large', async () => {
    const session = sessionOn(join(temporaryFolder(), 'workspace'))
    const { workspace } = session
    await importFolder(workspace, { folder: join(cases, 'strips'), dataset: 'parts' })
    const run = await trained(session, { input: 'tiles', scale: 0.25 })
    const { refused } = await importFolder(workspace, { folder: join(cases, 'extreme'), dataset: 'extreme' })
    expect(refused.map(({ file, code }) => [file, code])).toEqual([
      ['1x5000.png', 'too-small'],
      ['15x20000.png', 'too-small'],
    ])
    const { id: datasetId } = findDataset(workspace.db, 'extreme')
    expect(await scored(session, run, datasetId)).toMatchObject({ images: 2, refused: [] })
    for (const { id, width, height } of listImages(workspace.db, { datasetId })) {
      expect(scoreOf(workspace.db, run, id)).toMatchObject({ mapWidth: width, mapHeight: height })
    }
  })
})
