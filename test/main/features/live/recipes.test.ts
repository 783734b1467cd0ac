/** Another product on the line, with the real engine and two real runs. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { changeInspectionPoint } from '../../../../src/main/features/live/inspection-points.ts'
import { liveState, resumeLive, startLive } from '../../../../src/main/features/live/live.ts'
import { chooseRecipe, keepRecipe, recipesAt } from '../../../../src/main/features/live/recipes.ts'
import { startTraining } from '../../../../src/main/features/training/training.ts'
import type { Session } from '../../../../src/main/session/session.ts'
import { listAudit } from '../../../../src/main/store/audit.ts'
import { checkAudit } from '../../../../src/main/store/audit-check.ts'
import { createOutput } from '../../../../src/main/store/outputs.ts'
import { resultsAfter } from '../../../../src/main/store/results.ts'
import { runFolder } from '../../../../src/main/store/runs.ts'
import type { LivePart } from '../../../../src/shared/live.ts'
import { webhookSettingsSchema } from '../../../../src/shared/output.ts'
import { describeCompiled } from '../../engine/graph/native.ts'
import { preparedWorkspace, sessionOn } from '../line.ts'
import { tinyTraining } from '../line-training.ts'
import { cameraFolder, drop, dropAs, ended, judged } from './camera.ts'

const by = 'Li Na'
const webhook = webhookSettingsSchema.parse({ kind: 'webhook', url: 'http://127.0.0.1:9/' })
const settled = { timeout: 60_000, interval: 20 }

async function trainedRun(session: Session, seed: number): Promise<string> {
  const { job, run } = await startTraining(session, tinyTraining({}, seed))
  await session.jobs.ended(job)
  return run
}

/** In the order in which they came. */
const inOrder = (session: Session): LivePart[] => [...liveState(session).parts].sort((a, b) => a.id - b.id)

describeCompiled('a recipe', () => {
  const prepared = preparedWorkspace(async (session) => ({
    first: await trainedRun(session, 1),
    second: await trainedRun(session, 2),
  }))
  const line = () => {
    const { dir, told } = prepared()
    const session = sessionOn(dir)
    const outputs = ['left gate', 'right gate'].map(
      (name) => createOutput(session.workspace.db, { name, settings: webhook, operator: by }).id,
    )
    const recipe = (number: number, run: string, output: number | undefined) =>
      keepRecipe(
        session,
        'line',
        {
          number,
          name: `M${number}`,
          run,
          operatingPoint: null,
          outputs: output === undefined ? null : [output],
        },
        by,
      )
    const [left, right] = outputs
    const [m8, m10] = [recipe(8, told.first, left), recipe(10, told.second, right)]
    return { dir, session, ...told, folder: cameraFolder(), m8, m10, left, right }
  }

  it('judges the next part, and no part of before: each by one run, and its result is for its outputs', async () => {
    const { session, first, second, folder, m8, m10, left, right } = line()
    const { db } = session.workspace
    startLive(session, { folder, run: first, results: null })
    chooseRecipe(session, m8, by)
    await expect.poll(() => recipesAt(session, 'line'), settled).toMatchObject({ judging: m8, waiting: null })
    await drop(folder, 0, 20)
    await expect.poll(() => liveState(session).arrived, settled).toBe(20)
    chooseRecipe(session, m10, by)
    await drop(folder, 20, 24)
    await judged(session, 24)
    const runs = inOrder(session).map(({ file, run }) => [Number(/\d+/.exec(file)?.[0]) < 20, run])
    for (const [isBefore, run] of runs) expect(run).toBe(isBefore ? first : second)
    expect(recipesAt(session, 'line')).toMatchObject({
      judging: m10,
      waiting: null,
      chosen: { recipe: m10, by },
      refused: null,
    })
    const filesFor = (output: number | undefined) =>
      resultsAfter(db, 'line', 0, 100, output ?? 0).map(({ document }) => document.run)
    expect(filesFor(left)).toEqual(Array(20).fill(first))
    expect(filesFor(right)).toEqual(Array(4).fill(second))
    await ended(session)
    expect(
      listAudit(db, { action: 'recipe.used' }).map(({ operator, detail }) => [operator, detail.name]),
    ).toEqual([
      [by, 'M10'],
      [by, 'M8'],
    ])
    expect(listAudit(db, { action: 'recipe.taken' }).length).toBe(2)
    expect((await checkAudit(db)).replay.differences).toEqual([])
  })

  it('judges all views of a part alike, also those that come after another one was chosen', async () => {
    const { session, first, second, folder, m10 } = line()
    const views = { pattern: '{part}_{view}', names: ['left', 'right'], within: 20 }
    changeInspectionPoint(session, { name: 'line', mostWaiting: null, views }, by)
    startLive(session, { folder, run: first, results: null })
    await dropAs(folder, ['1_left.png'])
    await judged(session, 1)
    chooseRecipe(session, m10, by)
    await dropAs(folder, ['2_left.png', '2_right.png'])
    await expect.poll(() => liveState(session).arrived, settled).toBe(3)
    expect(recipesAt(session, 'line')).toMatchObject({ judging: null, waiting: m10 })
    await dropAs(folder, ['1_right.png'])
    await judged(session, 4)
    const byFile = Object.fromEntries(inOrder(session).map(({ file, run }) => [file, run]))
    expect(byFile).toEqual({
      '1_left.png': first,
      '1_right.png': first,
      '2_left.png': second,
      '2_right.png': second,
    })
    await ended(session)
  })

  it('that was chosen is taken where Fanoscope is started again meanwhile', async () => {
    const { dir, session, first, second, folder, m10 } = line()
    startLive(session, { folder, run: first, results: null })
    chooseRecipe(session, m10, by)
    await session.close()
    const next = sessionOn(dir)
    await drop(folder, 0, 2)
    resumeLive(next)
    await judged(next, 2)
    expect(inOrder(next).map(({ run }) => run)).toEqual([second, second])
    await ended(next)
  })

  it('whose model cannot be loaded judges nothing: parts are refused until another one is chosen', async () => {
    const { dir, session, first, second, folder, m8, m10 } = line()
    startLive(session, { folder, run: first, results: null })
    rmSync(join(dir, runFolder(second), 'model'), { recursive: true })
    chooseRecipe(session, m10, by)
    await expect.poll(() => recipesAt(session, 'line').refused !== null, settled).toBe(true)
    await drop(folder, 0, 2)
    await judged(session, 2)
    expect(inOrder(session).map(({ verdict }) => verdict)).toEqual(['refused', 'refused'])
    chooseRecipe(session, m8, by)
    await drop(folder, 2, 4)
    await judged(session, 4)
    expect(
      inOrder(session)
        .slice(2)
        .map(({ run, verdict }) => [run, verdict !== 'refused']),
    ).toEqual([
      [first, true],
      [first, true],
    ])
    expect(recipesAt(session, 'line')).toMatchObject({ judging: m8, refused: null })
    await ended(session)
  })

  it('is chosen only where something is watched', () => {
    const { session, m8 } = line()
    expect(() => chooseRecipe(session, m8, by)).toThrow(expect.objectContaining({ code: 'live-rests' }))
    expect(() => chooseRecipe(session, 99, by)).toThrow(expect.objectContaining({ code: 'recipe-unknown' }))
  })
})
