/**
 * A station as a process of its own, to be killed: it judges parts without an engine, and delivers their results.
 *
 *     node judging-station.ts <workspace> <results> [<milliseconds between two>]
 *
 * Ends by itself once there are so many results and every output had them all.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { sessionHooks } from '../../../../src/main/app/session-hooks.ts'
import {
  deliverResults,
  showLineState,
  storedOutputs,
} from '../../../../src/main/features/delivery/deliver-results.ts'
import { createEventHub } from '../../../../src/main/platform/events.ts'
import { openSession } from '../../../../src/main/session/session.ts'
import { addPart, judgePart, newestWatch } from '../../../../src/main/store/live.ts'
import { newestNumber } from '../../../../src/main/store/results.ts'

const [dir = '', results = '', pace = '2'] = process.argv.slice(2)
const events = createEventHub()
const session = openSession({
  dir,
  events,
  hooks: sessionHooks,
  launchEngine: () => {
    throw new Error('this station has no engine')
  },
})
const { db } = session.workspace
const watch = newestWatch(db)
if (watch === undefined) throw new RangeError('nothing is watched')
const stop = deliverResults(session, { times: { first: 5, most: 50, person: 60_000, close: 2000 } })
showLineState(session, 'line', 'ready')

while (newestNumber(db) < Number(results)) {
  const next = newestNumber(db) + 1
  const judged = db.transaction(() => {
    const { id } = addPart(db, watch.id, { file: `${next}.png`, bytes: 1, modifiedAt: next })
    const verdict = next % 3 === 0 ? 'flagged' : 'good'
    return judgePart(db, id, {
      verdict,
      score: next % 3 === 0 ? 1 : 0,
      threshold: 0.5,
      reason: null,
      run: watch.runId,
      point: null,
    })
  })
  if (judged !== undefined) events.emit('live.judged', judged)
  await pause(Number(pace))
}
while (storedOutputs(db).some(({ waiting }) => waiting > 0)) await pause(20)
await stop()
await session.close()
