/** Parts that several cameras see have one verdict and one result, and a decision is about the part. */
import { expect, it } from 'vitest'
import { addOutput, partRecord } from '../../../../src/main/features/delivery/change-outputs.ts'
import { settleViews, tellLateParts } from '../../../../src/main/features/live/line-state.ts'
import { liveState } from '../../../../src/main/features/live/live.ts'
import { viewsOfImage } from '../../../../src/main/features/live/part-views.ts'
import { seePart, undoSeen } from '../../../../src/main/features/live/see-parts.ts'
import { decideImage } from '../../../../src/main/features/review/review.ts'
import { listAudit } from '../../../../src/main/store/audit.ts'
import { standingDecision } from '../../../../src/main/store/decisions.ts'
import { changePoint } from '../../../../src/main/store/inspection-points.ts'
import { addOrRenewPart, judgePart, linkPart, unreadPart } from '../../../../src/main/store/live.ts'
import { resultsAfter } from '../../../../src/main/store/results.ts'
import { changeSetting } from '../../../../src/main/store/settings.ts'
import { verdictOfViews } from '../../../../src/main/store/viewed-parts.ts'
import type { LiveVerdict } from '../../../../src/shared/live.ts'
import { message } from '../../../../src/shared/messages/message.ts'
import { outputRulesKey, webhookSettingsSchema } from '../../../../src/shared/output.ts'
import { judgedLine } from '../delivery/judged-line.ts'
import { lineImages } from './line-images.ts'

const views = { pattern: '{part}_{view}', names: ['left', 'right'], within: 5 }

function line() {
  const made = judgedLine()
  const { session, watch } = made
  const { db } = session.workspace
  changePoint(db, { name: 'line', mostWaiting: null, views }, 'Li Na')
  const images = lineImages(session.workspace, watch)
  let modifiedAt = 0
  const come = (file: string): number => {
    modifiedAt += 1
    addOrRenewPart(db, watch.id, { file, bytes: 1, modifiedAt }, views)
    const id = unreadPart(db, watch.id, file)?.id ?? 0
    linkPart(db, id, images(file))
    return id
  }
  const judge = (id: number, verdict: LiveVerdict = 'good', score = verdict === 'flagged' ? 0.9 : 0.1) =>
    judgePart(db, id, {
      verdict,
      score: verdict === 'refused' ? null : score,
      threshold: verdict === 'refused' ? null : 0.5,
      reason: verdict === 'refused' ? message('unreadable', { case: 'gone' }) : null,
      run: watch.runId,
      point: null,
    })
  const age = (seconds: number): void => {
    db.run('UPDATE viewed_part SET began_at = began_at - $ms, due_at = due_at - $ms', { ms: seconds * 1000 })
    db.run('UPDATE live_part SET arrived_at = arrived_at - $ms', { ms: seconds * 1000 })
  }
  const results = () => resultsAfter(db, 'line', 0, 100).map(({ document }) => document)
  return { ...made, db, come, judge, age, results }
}

it.each([
  ['good,good', false, 'good'],
  ['good,flagged', false, 'flagged'],
  ['refused,good', false, 'refused'],
  ['refused,flagged', false, 'flagged'],
  ['good,', false, undefined],
  ['good', false, undefined],
  ['flagged', false, undefined],
  ['good', true, 'incomplete'],
  ['flagged', true, 'flagged'],
  ['', true, undefined],
])('views that are %s, after the time: %s, make a part %s', (verdicts, isDue, expected) => {
  const given = verdicts.split(',').map((verdict, i) => ({
    view: ['left', 'right'][i] ?? '',
    verdict: (verdict || null) as LiveVerdict | null,
  }))
  expect(verdictOfViews(['left', 'right'], given, isDue)).toBe(expected)
})

it('has one result with all its views once the last of them is judged, rejected when one is', () => {
  const { come, judge, results } = line()
  const [left, right] = [come('0007_left.png'), come('0007_right.png')]
  judge(left)
  expect(results()).toEqual([])
  judge(right, 'flagged')
  expect(results()).toMatchObject([
    {
      number: 1,
      part: left,
      partNumber: '0007',
      file: '0007_right.png',
      verdict: 'reject',
      cause: 'flagged',
      score: 0.9,
      views: [
        { view: 'left', part: left, file: '0007_left.png', verdict: 'good' },
        { view: 'right', part: right, file: '0007_right.png', verdict: 'flagged' },
      ],
    },
  ])
})

it('is a part of its own where the name fits no view', () => {
  const { come, judge, results } = line()
  judge(come('other.png'))
  expect(results().map(({ part, partNumber, views: of }) => [part, partNumber, of])).toEqual([
    [1, undefined, undefined],
  ])
})

it('is incomplete, and a reject, where a view is missing after the set time; the view may still come', () => {
  const { session, watch, come, judge, age, results } = line()
  const left = come('0007_left.png')
  judge(left)
  settleViews({ session, watch })
  expect(results()).toEqual([])
  age(6)
  settleViews({ session, watch })
  expect(results()).toMatchObject([{ verdict: 'reject', cause: 'incomplete', views: [{ view: 'left' }] }])
  const { db } = session.workspace
  expect(listAudit(db, { action: 'live.incomplete' }).map(({ detail }) => detail.parts)).toEqual([['0007']])
  judge(come('0007_right.png'), 'flagged')
  expect(results().length).toBe(1)
  const [viewed] = liveState(session).viewed
  expect(viewed?.verdict).toBe('incomplete')
  expect(viewed?.views.map(({ name, part }) => [name, part?.verdict])).toEqual([
    ['left', 'good'],
    ['right', 'flagged'],
  ])
  expect(liveState(session).viewedCounts).toMatchObject({ arrived: 1, incomplete: 1, waiting: 0 })
})

it('begins anew where a camera counts from the beginning again', () => {
  const { come, judge, results } = line()
  for (let i = 0; i < 2; i += 1) {
    for (const view of ['left', 'right']) judge(come(`0001_${view}.png`))
  }
  expect(results().map(({ partNumber, verdict, views: of }) => [partNumber, verdict, of?.length])).toEqual([
    ['0001', 'good', 2],
    ['0001', 'good', 2],
  ])
})

it('is told as late once, whichever of its views wait', () => {
  const { session, watch, db, come, judge, age, results } = line()
  changeSetting(db, outputRulesKey, { hosts: [], verdictWithin: 2 }, 'Li Na')
  const settings = webhookSettingsSchema.parse({ kind: 'webhook', url: 'http://127.0.0.1:9/' })
  addOutput(db, { name: 'ejector', settings, secrets: {} })
  const [left, right] = [come('0007_left.png'), come('0007_right.png')]
  age(3)
  tellLateParts({ session, watch })
  tellLateParts({ session, watch })
  judge(left)
  judge(right)
  expect(results()).toMatchObject([{ cause: 'late', part: left, partNumber: '0007' }])
  expect(partRecord(db, right).result).toMatchObject({ number: 1, cause: 'late' })
  expect(liveState(session).viewed[0]?.verdict).toBe('good')
})

it('is decided as a whole: one decision and one undo for all flagged views', () => {
  const { session, watch, db, come, judge } = line()
  const parts = ['0007_left.png', '0007_right.png', '0008_left.png'].map(come)
  for (const part of parts) judge(part, 'flagged')
  const images = liveState(session).parts.map(({ image }) => image ?? 0)
  const [other = 0, right = 0, left = 0] = images
  const decisions = () => [left, right, other].map((image) => standingDecision(db, image)?.decision ?? null)
  expect(viewsOfImage(session, right).viewed?.views.map(({ part }) => part?.image)).toEqual([left, right])
  decideImage(session, {
    run: watch.runId,
    image: right,
    decision: 'reject',
    operator: 'Li Na',
    defectType: null,
    note: null,
  })
  expect(decisions()).toEqual(['reject', 'reject', null])
  expect(liveState(session).unseen.count).toBe(1)
  undoSeen(session, { operator: 'Li Na' })
  expect(decisions()).toEqual([null, null, null])
  expect(liveState(session).unseen.count).toBe(3)
  seePart(session, { part: parts[1] ?? 0, operator: 'Li Na' })
  expect(liveState(session).unseen.count).toBe(1)
  undoSeen(session, { operator: 'Li Na' })
  expect(liveState(session).unseen.count).toBe(3)
})
