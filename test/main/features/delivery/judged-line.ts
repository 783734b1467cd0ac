/** A session on a workspace with a line whose parts a test judges itself: no engine is needed. */
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import {
  type DeliverOptions,
  deliverResults,
} from '../../../../src/main/features/delivery/deliver-results.ts'
import { createEventHub } from '../../../../src/main/platform/events.ts'
import type { Session } from '../../../../src/main/session/session.ts'
import { createDataset } from '../../../../src/main/store/datasets.ts'
import { addPart, beginWatch, judgePart } from '../../../../src/main/store/live.ts'
import type { LivePart, LiveVerdict, LiveWatch } from '../../../../src/shared/live.ts'
import { message } from '../../../../src/shared/messages/message.ts'
import { queuedRun } from '../../store/queued-run.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'
import { sessionOn } from '../line.ts'

const noEngine = (): never => {
  throw new Error('this test needs no engine')
}

/** Short pauses, so that a test waits for nothing but the receiver. */
export const quick = { first: 5, most: 20, person: 60_000, close: 2000 }

export interface JudgedLine {
  session: Session
  watch: LiveWatch
  /** A part with a verdict, as the line stores and announces it. */
  judge(verdict?: LiveVerdict): LivePart
  arrive(): LivePart
  /** Delivers until the test ends, or until it is called. */
  deliver(options?: DeliverOptions): () => Promise<void>
}

export function judgedLine(dir = join(temporaryFolder(), 'workspace')): JudgedLine {
  const session = sessionOn(dir, noEngine, createEventHub())
  const { db } = session.workspace
  const { id: datasetId } = createDataset(db, { name: 'parts', layout: 'flat', source: '/camera' })
  const { id: run } = queuedRun(db, datasetId)
  const watch = beginWatch(db, { folder: '/camera', resultFolder: '/results', runId: run, datasetId }, null)
  let count = 0
  const arrive = (): LivePart => {
    count += 1
    return addPart(db, watch.id, { file: `${count}.png`, bytes: 1, modifiedAt: count })
  }
  return {
    session,
    watch,
    arrive,
    judge(verdict = 'good') {
      const { id } = arrive()
      const isRefused = verdict === 'refused'
      const part = judgePart(db, id, {
        verdict,
        score: isRefused ? null : 0.25,
        threshold: isRefused ? null : 0.5,
        reason: isRefused ? message('unreadable', { case: 'gone' }) : null,
        run,
        point: null,
      })
      if (part === undefined) throw new RangeError('the part was not stored')
      session.events.emit('live.judged', part)
      return part
    },
    deliver(options = {}) {
      const stop = deliverResults(session, { times: quick, ...options })
      onTestFinished(stop)
      return stop
    },
  }
}
