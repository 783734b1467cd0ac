/** Pictures of live parts that are cleared away, and what the audit knows of the parts. */
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { importFolder } from '../../../../src/main/features/import/import-folder.ts'
import { clearPictures } from '../../../../src/main/features/live/clear-pictures.ts'
import { remove } from '../../../../src/main/features/removal/removing.ts'
import { decideImage } from '../../../../src/main/features/review/review.ts'
import { startTraining } from '../../../../src/main/features/training/training.ts'
import { createEventHub } from '../../../../src/main/platform/events.ts'
import type { Session } from '../../../../src/main/session/session.ts'
import { listAudit } from '../../../../src/main/store/audit.ts'
import { checkAudit } from '../../../../src/main/store/audit-check.ts'
import { findDataset } from '../../../../src/main/store/datasets.ts'
import { imageById, listImages, setLabel } from '../../../../src/main/store/images.ts'
import {
  addPart,
  beginWatch,
  endWatch,
  judgePart,
  linkPart,
  markWritten,
} from '../../../../src/main/store/live.ts'
import { partsPerRow, recordJudgedParts } from '../../../../src/main/store/live-audit.ts'
import { saveScores, scoreOf } from '../../../../src/main/store/scores.ts'
import { writeSetting } from '../../../../src/main/store/settings.ts'
import { verifyWorkspace } from '../../../../src/main/store/verify.ts'
import type { Image } from '../../../../src/shared/image.ts'
import { type Retention, retentionKey } from '../../../../src/shared/live.ts'
import { wordsIn } from '../../../../src/shared/messages/words.ts'
import { partPicture } from '../../engine/parts.ts'
import { playedEngine } from '../../jobs/played-engine.ts'
import { plainScore } from '../../store/plain-score.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'
import { writeFolder } from '../import/photographs.ts'
import { lineWorkspace, sessionOn } from '../line.ts'
import { tinyTraining } from '../line-training.ts'

const day = 86_400_000

/** A watch whose parts were judged so many days ago, each with a map; every second one is flagged. */
async function shift(daysAgo: readonly number[]) {
  const engine = playedEngine()
  /** How far the computer's clock was set forward since. */
  const clock = { leap: 0 }
  const session = sessionOn(await lineWorkspace(), engine.launch, createEventHub(), {
    now: () => Date.now() + clock.leap,
  })
  const { workspace } = session
  const { db } = workspace
  const { job, run } = await startTraining(session, tinyTraining())
  await expect.poll(() => engine.tasks.length).toBe(1)
  engine.trains()
  await session.jobs.ended(job)
  const files: Record<string, Buffer> = {}
  for (const [i] of daysAgo.entries())
    files[`${String(i).padStart(3, '0')}.png`] = await partPicture(3000 + i)
  await importFolder(workspace, {
    folder: await writeFolder(join(temporaryFolder(), 'camera'), files),
    dataset: 'live parts',
  })
  const datasetId = findDataset(db, 'live parts').id
  const images = listImages(db, { datasetId })
  db.run(`UPDATE image SET split = 'live', label = 'unlabeled' WHERE dataset_id = $datasetId`, { datasetId })
  const watch = beginWatch(db, { folder: '/camera', resultFolder: '/results', runId: run, datasetId }, null)
  for (const [i, image] of images.entries()) {
    const mapFile = `runs/${run}/maps-${image.id}.png`
    writeFileSync(workspace.path(mapFile), 'a map')
    saveScores(
      db,
      run,
      ['residual', 'feature'],
      [
        plainScore(image.id, i, {
          calibrated: 0,
          components: new Float32Array(2),
          mapFile,
          mapScale: 1,
          mapWidth: 1,
          mapHeight: 1,
        }),
      ],
    )
    const part = addPart(db, watch.id, { file: image.file, bytes: image.bytes, modifiedAt: i })
    if (!part) throw new RangeError('the part is there already')
    linkPart(db, part.id, image.id)
    const verdict = i % 2 === 0 ? 'good' : 'flagged'
    judgePart(db, part.id, { verdict, score: i, threshold: 0.5, reason: null, run, point: null })
    db.run('UPDATE live_part SET judged_at = $at, seen_at = $at WHERE id = $id', {
      id: part.id,
      at: db.now() - (daysAgo[i] ?? 0) * day,
    })
    markWritten(db, part.id)
  }
  recordJudgedParts(db, watch)
  endWatch(db, watch.id)
  return { session, run, images, watch, clock }
}

const keep = ({ workspace }: Session, retention: Partial<Retention>): void =>
  writeSetting(workspace.db, retentionKey, {
    goodDays: null,
    flaggedDays: null,
    gigabytes: null,
    ...retention,
  })

const photograph = ({ workspace }: Session, { sha256, format }: Image): string =>
  workspace.blobs.path(sha256, format)

const present = (session: Session, images: readonly Image[]): boolean[] =>
  images.map((image) => existsSync(photograph(session, image)))

describe('pictures of live parts', () => {
  it('are cleared away with their maps after their days, flagged ones later; the rest is whole', async () => {
    const { session, run, images } = await shift([40, 40, 40, 400, 1, 1])
    const { db } = session.workspace
    keep(session, { goodDays: 30, flaggedDays: 365 })
    expect(await clearPictures(session)).toMatchObject({ parts: 3, more: false })
    expect(present(session, images)).toEqual([false, true, false, false, true, true])
    const [first, second] = images
    expect(scoreOf(db, run, first?.id ?? 0)).toMatchObject({ score: 0, mapFile: null })
    expect(existsSync(session.workspace.path(`runs/${run}/maps-${first?.id}.png`))).toBe(false)
    expect(existsSync(session.workspace.path(`runs/${run}/maps-${second?.id}.png`))).toBe(true)
    expect(listAudit(db, { action: 'live.cleared' }).map(({ detail }) => detail.parts)).toEqual([3])
    const { problems } = await verifyWorkspace(session.workspace)
    expect(problems.filter(({ code }) => code !== 'checkpoint-missing')).toEqual([])
  })

  it('stay where a person has decided on the part or labeled it', async () => {
    const { session, run, images } = await shift([40, 40, 40])
    const [decided, flagged, labeled] = images
    const by = { operator: 'Li Na', defectType: null, note: null }
    decideImage(session, { run, image: decided?.id ?? 0, decision: 'accept', ...by })
    setLabel(session.workspace.db, labeled?.id ?? 0, 'normal', null)
    keep(session, { goodDays: 1, flaggedDays: 1, gigabytes: 1e-9 })
    expect(await clearPictures(session)).toMatchObject({ parts: 1 })
    expect(present(session, images)).toEqual([true, false, true])
    expect(imageById(session.workspace.db, flagged?.id ?? 0)?.removedAt).not.toBeNull()
  })

  it('are cleared away for space from the oldest good one on, and no more of them than that takes', async () => {
    const { session, images } = await shift([5, 5, 4, 4, 3, 3])
    const bytes = images.reduce((sum, image) => sum + image.bytes, 0)
    const [first] = images
    keep(session, { gigabytes: (bytes - (first?.bytes ?? 0)) / 1e9 })
    await clearPictures(session)
    expect(present(session, images)).toEqual([false, true, true, true, true, true])
  })

  it('stay for ever where nothing is set to end', async () => {
    const { session, images } = await shift([4000, 4000])
    keep(session, {})
    expect(await clearPictures(session)).toEqual({ parts: 0, bytes: 0, more: false })
    expect(present(session, images)).toEqual([true, true])
  })
})

describe('a leap of the clock', () => {
  it.each([
    ['forward', 3650],
    ['back', -3650],
  ])('%s clears nothing, until a person says that the clock is right', async (_, days) => {
    const { session, images, clock } = await shift([1, 1, 1])
    keep(session, { goodDays: 30, flaggedDays: 365 })
    await clearPictures(session)
    clock.leap = days * day
    expect(await clearPictures(session)).toMatchObject({ parts: 0 })
    // Ages are told by a clock that was doubted once, also where it goes on.
    clock.leap = 3650 * day
    expect(await clearPictures(session)).toMatchObject({ parts: 0 })
    expect(present(session, images)).toEqual([true, true, true])
    session.clock.confirm('Li Na')
    expect(await clearPictures(session)).toMatchObject({ parts: 3 })
    expect(
      listAudit(session.workspace.db, { action: 'clock' }).map(({ action, operator }) => [action, operator]),
    ).toEqual(
      expect.arrayContaining([
        ['clock.confirmed', 'Li Na'],
        ['clock.jumped', null],
      ]),
    )
  })

  it('keeps the files of what was deleted', async () => {
    const { session, run, clock } = await shift([1])
    keep(session, {})
    remove(session, 'run', run, 'Li Na')
    clock.leap = 40 * day
    await clearPictures(session)
    expect(existsSync(session.workspace.path(`runs/${run}`))).toBe(true)
    session.clock.confirm('Li Na')
    await clearPictures(session)
    expect(existsSync(session.workspace.path(`runs/${run}`))).toBe(false)
  })

  it('does not keep the photographs from being as many as they may be', async () => {
    const { session, clock } = await shift([5, 5, 4])
    keep(session, { gigabytes: 1e-9 })
    clock.leap = -400 * day
    expect(await clearPictures(session)).toMatchObject({ parts: 3 })
  })
})

describe('the audit of live parts', () => {
  it('tells of many in one row, and names those where one was changed', async () => {
    const { session, images } = await shift([1, 1, 1, 1])
    const { db } = session.workspace
    const [row, ...others] = listAudit(db, { action: 'live.judged' })
    expect(others).toEqual([])
    expect(row?.detail).toMatchObject({ parts: '1-4', good: 2, flagged: 2, refused: 0 })
    expect(images.length).toBeLessThan(partsPerRow)
    expect((await checkAudit(db)).breaks).toEqual([])
    db.run(`UPDATE live_part SET verdict = 'good' WHERE id = 2`)
    const { breaks } = await checkAudit(db)
    expect(breaks.map(({ id }) => id)).toEqual([row?.id])
    expect(breaks.map((found) => wordsIn('en').text('reason', found))).toEqual([
      `What is stored of the live parts 1-4 is not what row ${row?.id} of the audit tells.`,
    ])
    db.run(`UPDATE live_part SET verdict = 'flagged' WHERE id = 2`)
    expect((await checkAudit(db)).breaks).toEqual([])
    db.run('DELETE FROM result WHERE part_id = 3')
    db.run('DELETE FROM live_part WHERE id = 3')
    expect((await checkAudit(db)).breaks).toHaveLength(1)
  })
})
