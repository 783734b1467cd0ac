/**
 * Main with no window, for being killed in the middle of its work: `train`, `score` or `review` on the dataset
 * "parts" of a workspace, going on with what is there. Prints one line of JSON whenever something was stored.
 */

import { z } from 'zod'
import { sessionHooks } from '../../../src/main/app/session-hooks.ts'
import { launchStandardEngine } from '../../../src/main/engine-host/standard-engine.ts'
import { decideImage, undoLast } from '../../../src/main/features/review/review.ts'
import { startScoring } from '../../../src/main/features/scoring/scoring.ts'
import { resumeTraining, startTraining } from '../../../src/main/features/training/training.ts'
import { createEventHub } from '../../../src/main/platform/events.ts'
import { openSession } from '../../../src/main/session/session.ts'
import { findRun, listRuns } from '../../../src/main/store/runs.ts'
import { tinyTraining } from '../features/line-training.ts'

const [dir = '', work = '', set = '{}'] = process.argv.slice(2)
const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`)

let engine: number | undefined
let heard = 0
const session = openSession({
  dir,
  events: createEventHub(),
  hooks: sessionHooks,
  launchEngine(onOutput) {
    const channel = launchStandardEngine(onOutput)
    engine = channel.pid
    return {
      get pid() {
        return channel.pid
      },
      send: (message) => channel.send(message),
      onExit: (listener) => channel.onExit(listener),
      kill: () => channel.kill(),
      onMessage: (listener) =>
        channel.onMessage((message) => {
          listener(message)
          heard += 1
          report()
        }),
    }
  },
})
const { db } = session.workspace

/** What is stored now: a kill after this line must not lose it. */
function report(): void {
  const [run] = listRuns(db)
  const count = db.get(z.object({ rows: z.int() }), 'SELECT count(*) AS rows FROM score', {})
  say({ heard, engine, steps: run ? findRun(db, run.id).stepsDone : 0, rows: count?.rows ?? 0 })
}

const [run] = listRuns(db)
if (work === 'review') {
  if (!run) throw new Error('a review needs a run')
  for (let i = 0; ; i++) {
    const decision = i % 2 ? 'accept' : 'reject'
    const image = 1 + (i % 20)
    const { id } = decideImage(session, {
      run: run.id,
      image,
      decision,
      operator: 'Wang Li',
      defectType: null,
      note: null,
    })
    const undone = i % 5 === 4 ? await undoLast(session, { run: run.id, operator: 'Wang Li' }) : null
    say({ id, image, decision, undone: undone?.undone?.id ?? null })
  }
}
const values = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).parse(JSON.parse(set))
const start = async () => {
  if (work === 'score') return startScoring(session, { run: run?.id ?? '', split: 'test', again: false })
  return run ? resumeTraining(session, run.id) : startTraining(session, tinyTraining(values))
}
const { job } = await start()
const { state } = await session.jobs.ended(job)
say({ finished: state })
await session.close()
