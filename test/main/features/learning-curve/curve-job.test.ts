import { expect, it } from 'vitest'
import { repeatJob } from '../../../../src/main/app/repeat-job.ts'
import {
  curveOf,
  newestCurve,
  startCurve,
} from '../../../../src/main/features/learning-curve/learning-curve.ts'
import { curveRequestSchema } from '../../../../src/shared/learning-curve.ts'
import { describeWithBackbone } from '../../model/backbones/present.ts'
import { lineWorkspace, sessionOn } from '../line.ts'

const request = (set = {}) => curveRequestSchema.parse({ dataset: 'parts', counts: [4, 8], ...set })

describeWithBackbone('a learning curve', () => {
  it('is measured on growing subsets, the same for the same seed, and kept with the dataset', async () => {
    const session = sessionOn(await lineWorkspace({ good: 40 }))
    expect(newestCurve(session.workspace, 'parts')).toBeNull()
    const job = startCurve(session, request())
    expect(await session.jobs.ended(job)).toMatchObject({ state: 'done', kind: 'curve' })
    const report = curveOf(session.workspace, job)
    const { training, used, judged, points } = report
    expect(used).toBe(training)
    expect(judged).toMatchObject({ defects: 100, kind: 'made' })
    expect(points.map(({ count }) => count)).toEqual([4, 8, training])
    expect(points.map(({ draws }) => draws)).toEqual([4, 2, 1])
    for (const { mean } of points) expect(mean).toBeGreaterThan(0.5)
    expect(newestCurve(session.workspace, 'parts')).toMatchObject({ job, report })
    const again = startCurve(session, request())
    await session.jobs.ended(again)
    expect(curveOf(session.workspace, again)).toEqual(report)
  })

  it('can be stopped and measured again', async () => {
    const session = sessionOn(await lineWorkspace({ good: 40 }))
    const job = startCurve(session, request())
    await expect.poll(() => session.jobs.find(job).progress, { timeout: 60_000 }).not.toBeNull()
    session.jobs.stop(job, 'cancel')
    expect((await session.jobs.ended(job)).state).toBe('cancelled')
    expect(newestCurve(session.workspace, 'parts')).toBeNull()
    const again = repeatJob(session, job)
    expect((await session.jobs.ended(again)).state).toBe('done')
  })

  it('needs enough photographs to learn from and to judge by, and says how many', async () => {
    const session = sessionOn(await lineWorkspace({ good: 6 }))
    const { failure } = await session.jobs.ended(startCurve(session, request()))
    expect(failure).toMatchObject({ code: 'curve-few-photographs', params: { dataset: 'parts', least: 8 } })
  })
})
