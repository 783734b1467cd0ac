import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import type { EngineImage } from '../../../../src/main/engine/protocol.ts'
import { choosePlan } from '../../../../src/main/features/choosing/choose-job.ts'
import {
  carryOverOf,
  choiceOf,
  newestChoice,
  startChoice,
} from '../../../../src/main/features/choosing/choosing.ts'
import { startScoring } from '../../../../src/main/features/scoring/scoring.ts'
import { startTraining } from '../../../../src/main/features/training/training.ts'
import { listImages } from '../../../../src/main/store/images.ts'
import { iterateScores } from '../../../../src/main/store/scores.ts'
import { choiceRequestSchema } from '../../../../src/shared/choice.ts'
import { describeCompiled } from '../../engine/graph/native.ts'
import { playedEngine } from '../../jobs/played-engine.ts'
import { lineWorkspace, sessionOn } from '../line.ts'
import { tinyTraining } from '../line-training.ts'
import { scoredRun } from '../thresholds/scored-run.ts'

const request = (...runs: string[]) => choiceRequestSchema.parse({ runs, perType: 1 })

/** A trained run of a played engine, on parts of which some validation ones have a dent. */
async function trained() {
  const engine = playedEngine()
  const session = sessionOn(await lineWorkspace({ good: 40, test: 12 }), engine.launch)
  const { db } = session.workspace
  // Three of the defects judge; the others stay where nothing that chooses may look.
  db.run(
    `UPDATE image SET split = 'validation' WHERE id IN
       (SELECT id FROM image WHERE label = 'anomalous' ORDER BY id LIMIT 3)`,
  )
  const { job, run } = await startTraining(session, tinyTraining())
  await expect.poll(() => engine.tasks).toHaveLength(1)
  engine.trains()
  await session.jobs.ended(job)
  const { datasetId } = session.jobs.find(job)
  return { engine, session, run, images: listImages(db, { datasetId: datasetId ?? '' }) }
}

/** Scores as the engine gives them: high where a defect was made, by a number of the picture. */
function scoreOf({ id, made }: EngineImage): Float32Array {
  return Float32Array.from([id + (made ? 500 : 0), (id * 7) % 13])
}

it('looks at validation images and at no other, and at real defects as they are', async () => {
  const { engine, session, run, images } = await trained()
  startChoice(session, request(run))
  await expect.poll(() => engine.tasks).toHaveLength(2)
  const [, task] = engine.tasks
  if (task?.kind !== 'score') throw new TypeError('not a scoring')
  const files = (keep: (image: (typeof images)[number]) => boolean): Set<string> =>
    new Set(images.filter(keep).map(({ sha256, format }) => session.workspace.blobs.path(sha256, format)))
  const normal = files(({ split, label }) => split === 'validation' && label === 'normal')
  const real = files(({ split, label }) => split === 'validation' && label === 'anomalous')
  expect(real.size).toBe(3)
  expect(new Set(task.images.map(({ file }) => file))).toEqual(new Set([...normal, ...real]))
  const made = task.images.filter((image) => image.made !== undefined)
  expect(made).toHaveLength(5 * normal.size)
  expect(made.every(({ file, made: how }) => normal.has(file) && normal.has(how?.donor.file ?? ''))).toBe(
    true,
  )
  expect(new Set(task.images.map(({ id }) => id)).size).toBe(task.images.length)
  // Nowhere in the whole message stands a test image, or one of the training split.
  const text = JSON.stringify(task)
  const others = images.filter(({ split }) => split !== 'validation')
  expect(others.length).toBeGreaterThan(0)
  for (const { sha256 } of others) expect(text).not.toContain(sha256)
  expect(task.maps).toBe(false)
})

it('makes the same defects on the same photographs, whatever else is there', async () => {
  const { engine, session, run, images } = await trained()
  const first = session.jobs.start(choosePlan(session, request(run)))
  await expect.poll(() => engine.tasks).toHaveLength(2)
  session.jobs.stop(first.id, 'cancel')
  await session.jobs.ended(first.id)
  const gone = images.find(({ split, label }) => split === 'validation' && label === 'normal')
  session.workspace.db.run('UPDATE image SET removed_at = 1 WHERE id = $id', { id: gone?.id ?? 0 })
  startChoice(session, request(run))
  await expect.poll(() => engine.tasks).toHaveLength(3)
  const madeOf = (task: (typeof engine.tasks)[number] | undefined): Map<string, number> => {
    if (task?.kind !== 'score') throw new TypeError('not a scoring')
    return new Map(task.images.flatMap(({ made }) => (made ? [[made.name, made.seed] as const] : [])))
  }
  const [before, after] = [madeOf(engine.tasks[1]), madeOf(engine.tasks[2])]
  expect(after.size).toBe(before.size - 5)
  for (const [name, seed] of after) expect(before.get(name)).toBe(seed)
})

it('stores its report and nothing else, and is found again by its run', async () => {
  const { engine, session, run } = await trained()
  const { db } = session.workspace
  const job = startChoice(session, request(run))
  await expect.poll(() => engine.tasks).toHaveLength(2)
  const [, task] = engine.tasks
  if (task?.kind !== 'score') throw new TypeError('not a scoring')
  engine.says({
    type: 'scored',
    task: task.task,
    rows: task.images.map((image) => ({
      image: image.id,
      tiles: 1,
      components: scoreOf(image),
      componentNames: ['residual', 'feature'],
      score: 0,
      calibrated: 0,
      map: null,
      warnings: [],
    })),
  })
  engine.says({
    type: 'score-done',
    task: task.task,
    result: { images: task.images.length, refused: [], seconds: 1 },
  })
  expect(await session.jobs.ended(job)).toMatchObject({ state: 'done' })
  const report = choiceOf(session.workspace, job)
  expect(report.options.map(({ score }) => score)).toContain('izi')
  expect(report.options[0]).toMatchObject({ run, made: 1 })
  expect(report).toMatchObject({ perType: 1, made: 5 * report.photographs, real: { images: 3 } })
  expect(newestChoice(session.workspace, run)).toMatchObject({ job, report })
  expect([...iterateScores(db, run)]).toEqual([])
})

it('lets each run score the same pictures in turn, and compares all of them', async () => {
  const { engine, session, run } = await trained()
  const again = await startTraining(session, tinyTraining({}, 2))
  await expect.poll(() => engine.tasks).toHaveLength(2)
  engine.trains()
  await session.jobs.ended(again.job)
  const job = startChoice(session, request(run, again.run, run))
  for (const tasks of [3, 4]) {
    await expect.poll(() => engine.tasks).toHaveLength(tasks)
    const task = engine.tasks.at(-1)
    if (task?.kind !== 'score') throw new TypeError('not a scoring')
    engine.says({
      type: 'scored',
      task: task.task,
      rows: task.images.map((image) => ({
        image: image.id,
        tiles: 1,
        // The second run sees no defect.
        components: tasks === 3 ? scoreOf(image) : Float32Array.of(1, image.id % 5),
        componentNames: ['residual', 'feature'],
        score: 0,
        calibrated: 0,
        map: null,
        warnings: [],
      })),
    })
    engine.says({ type: 'score-done', task: task.task, result: { images: 1, refused: [], seconds: 1 } })
  }
  expect(await session.jobs.ended(job)).toMatchObject({ state: 'done' })
  const [, , first, second] = engine.tasks
  if (first?.kind !== 'score' || second?.kind !== 'score') throw new TypeError('not two scorings')
  expect([first.run, second.run]).toEqual([run, again.run])
  expect(second.images).toEqual(first.images)
  const report = choiceOf(session.workspace, job)
  expect(report.runs).toEqual([run, again.run])
  expect(report.options[0]?.run).toBe(run)
  expect(new Set(report.options.map((option) => option.run))).toEqual(new Set([run, again.run]))
  expect(newestChoice(session.workspace, again.run)?.job).toBe(job)
})

it('is refused where a run is not trained', () => {
  const { workspace, run } = scoredRun([])
  workspace.db.run(`UPDATE run SET state = 'failed'`)
  workspace.close()
  const session = sessionOn(workspace.dir, playedEngine().launch)
  expect(() => startChoice(session, request(run.id))).toThrow(
    expect.objectContaining({ code: 'not-trained' }),
  )
})

it('fails in words where there are too few photographs to make defects on', async () => {
  const session = sessionOn(await lineWorkspace({ good: 8, test: 2 }), playedEngine().launch)
  const { job, run } = await startTraining(session, tinyTraining())
  session.jobs.stop(job, 'cancel')
  await session.jobs.ended(job)
  session.workspace.db.run(`UPDATE run SET state = 'trained' WHERE id = $run`, { run })
  expect(await session.jobs.ended(startChoice(session, request(run)))).toMatchObject({
    state: 'failed',
    failure: { code: 'choice-few-photographs' },
  })
})

describeCompiled('a comparison by the real engine', () => {
  it('comes to the same where every test image has gone, and leaves the photographs as they were', async () => {
    const session = sessionOn(await lineWorkspace({ good: 40, test: 8 }))
    const { workspace } = session
    const { job, run } = await startTraining(session, tinyTraining())
    await session.jobs.ended(job)
    const { datasetId } = session.jobs.find(job)
    const images = listImages(workspace.db, { datasetId: datasetId ?? '' })
    const bytes = () => images.map(({ sha256, format }) => readFileSync(workspace.blobs.path(sha256, format)))
    const before = bytes()
    const first = startChoice(session, request(run))
    expect(await session.jobs.ended(first)).toMatchObject({ state: 'done' })
    expect(bytes()).toEqual(before)
    const scoring = startScoring(session, { run, split: 'test', again: false })
    await session.jobs.ended(scoring.job)
    expect(await carryOverOf(workspace, first)).toMatchObject({ n: { normal: 4, anomalous: 4 } })

    workspace.db.run(`UPDATE image SET removed_at = 1 WHERE split = 'test'`)
    const second = startChoice(session, request(run))
    await session.jobs.ended(second)
    expect(choiceOf(workspace, second)).toEqual(choiceOf(workspace, first))
  })
})
