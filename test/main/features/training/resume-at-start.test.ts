import { describe, expect, it } from 'vitest'
import { resumeNotedTrainings } from '../../../../src/main/features/training/resume-at-start.ts'
import { startTraining } from '../../../../src/main/features/training/training.ts'
import { findRun } from '../../../../src/main/store/runs.ts'
import { playedEngine } from '../../jobs/played-engine.ts'
import { lineWorkspace, sessionOn } from '../line.ts'
import { tinyTraining } from '../line-training.ts'

describe('trainings that were at work when Fanoscope was closed', () => {
  it('go on at the next start in the order in which they waited, and once', async () => {
    const dir = await lineWorkspace({ good: 20, test: 4 })
    const before = sessionOn(dir, playedEngine().launch)
    const first = await startTraining(before, tinyTraining())
    const second = await startTraining(before, tinyTraining({}, 2))
    await before.close()
    const after = sessionOn(dir, playedEngine().launch)
    const jobs = resumeNotedTrainings(after)
    expect(jobs.map((job) => after.jobs.find(job).runId)).toEqual([first.run, second.run])
    expect(resumeNotedTrainings(after)).toEqual([])
  })

  it('stay where they are when a person stopped them', async () => {
    const dir = await lineWorkspace({ good: 20, test: 4 })
    const before = sessionOn(dir, playedEngine().launch)
    const { run, job } = await startTraining(before, tinyTraining())
    before.jobs.stop(job, 'cancel')
    await before.jobs.ended(job)
    await before.close()
    const after = sessionOn(dir, playedEngine().launch)
    expect(resumeNotedTrainings(after)).toEqual([])
    expect(findRun(after.workspace.db, run).state).toBe('cancelled')
  })
})
