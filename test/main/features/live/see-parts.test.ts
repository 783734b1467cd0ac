import { expect, it } from 'vitest'
import { liveState } from '../../../../src/main/features/live/live.ts'
import { seePart, undoSeen } from '../../../../src/main/features/live/see-parts.ts'
import { decideImage, undoLast } from '../../../../src/main/features/review/review.ts'
import { listAudit } from '../../../../src/main/store/audit.ts'
import { listDatasets } from '../../../../src/main/store/datasets.ts'
import { standingDecision } from '../../../../src/main/store/decisions.ts'
import { listImages } from '../../../../src/main/store/images.ts'
import { addPart, beginWatch, judgePart, linkPart } from '../../../../src/main/store/live.ts'
import { elementAt } from '../../../../src/shared/element-at.ts'
import { queuedRun } from '../../store/queued-run.ts'
import { lineWorkspace, sessionOn } from '../line.ts'

const operator = 'Mei Lin'

/** A line on which four parts were judged, all but the second of them flagged. */
async function judgedLine() {
  const session = sessionOn(await lineWorkspace({ good: 6, test: 2 }))
  const { db } = session.workspace
  const { id: datasetId } = elementAt(listDatasets(db), 0, 'datasets')
  const { id: run } = queuedRun(db, datasetId)
  const watch = beginWatch(db, { folder: '/camera', resultFolder: '/results', runId: run, datasetId }, null)
  const parts = listImages(db, { datasetId }, { offset: 0, limit: 4 }).map(({ id: image }, i) => {
    const { id } = addPart(db, watch.id, { file: `${i}.png`, bytes: 1, modifiedAt: i })
    linkPart(db, id, image)
    const verdict = i === 1 ? 'good' : 'flagged'
    judgePart(db, id, { verdict, score: i, threshold: 0.5, reason: null, run, point: null })
    return { id, image }
  })
  const part = (i: number) => elementAt(parts, i, 'parts')
  const decide = (i: number, decision: 'accept' | 'reject') =>
    decideImage(session, { run, image: part(i).image, decision, operator, defectType: null, note: null })
  const waiting = () => liveState(session).unseen.parts.map(({ file }) => file)
  return { session, db, run, datasetId, part, decide, waiting }
}

it('flagged parts wait, the oldest first, until each was decided on or seen', async () => {
  const { session, part, decide, waiting } = await judgedLine()
  expect(liveState(session).unseen.count).toBe(3)
  expect(waiting()).toEqual(['0.png', '2.png', '3.png'])
  decide(2, 'reject')
  expect(waiting()).toEqual(['0.png', '3.png'])
  seePart(session, { part: part(0).id, operator })
  expect(waiting()).toEqual(['3.png'])
  seePart(session, { part: part(3).id, operator })
  expect(liveState(session).unseen).toEqual({ count: 0, parts: [] })
})

it('what was done last with a flagged part is taken back, one after another, and the part waits again', async () => {
  const { session, db, part, decide, waiting } = await judgedLine()
  seePart(session, { part: part(0).id, operator })
  decide(2, 'accept')
  // What another person did is not taken back.
  seePart(session, { part: part(3).id, operator: 'Ana' })
  expect(undoSeen(session, { operator }).undone?.file).toBe('2.png')
  expect(standingDecision(db, part(2).image)).toBeUndefined()
  expect(waiting()).toEqual(['2.png'])
  expect(undoSeen(session, { operator }).undone?.file).toBe('0.png')
  expect(waiting()).toEqual(['0.png', '2.png'])
  expect(undoSeen(session, { operator })).toEqual({ undone: null })
})

it('a decision that the review takes back brings its part back, unless another one stands', async () => {
  const { session, run, decide, waiting } = await judgedLine()
  decide(0, 'accept')
  decide(0, 'reject')
  await undoLast(session, { run, operator })
  expect(waiting()).toEqual(['2.png', '3.png'])
  await undoLast(session, { run, operator })
  expect(waiting()).toEqual(['0.png', '2.png', '3.png'])
})

it('parts of an earlier watch wait on, and a picture that comes again waits again', async () => {
  const { db, run, datasetId, part, decide, waiting } = await judgedLine()
  decide(0, 'accept')
  const next = beginWatch(db, { folder: '/other', resultFolder: '/results', runId: run, datasetId }, null)
  const { id } = addPart(db, next.id, { file: 'again.png', bytes: 1, modifiedAt: 9 })
  linkPart(db, id, part(0).image)
  judgePart(db, id, { verdict: 'flagged', score: 1, threshold: 0.5, reason: null, run, point: null })
  expect(waiting()).toEqual(['2.png', '3.png', 'again.png'])
})

it('the audit says who has seen a part without a decision, and no good part is marked', async () => {
  const { session, db, part } = await judgedLine()
  seePart(session, { part: part(0).id, operator })
  seePart(session, { part: part(1).id, operator })
  undoSeen(session, { operator })
  const told = listAudit(db, { action: 'live' }, { offset: 0, limit: 10 })
  expect(told.map((row) => [row.action, row.operator, row.detail.file])).toEqual([
    ['live.unseen', operator, '0.png'],
    ['live.seen', operator, '0.png'],
  ])
})
