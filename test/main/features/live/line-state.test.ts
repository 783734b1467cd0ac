import { describe, expect, it } from 'vitest'
import { addOutput, partRecord } from '../../../../src/main/features/delivery/change-outputs.ts'
import { lineStateFrom, tellLateParts } from '../../../../src/main/features/live/line-state.ts'
import { listAudit } from '../../../../src/main/store/audit.ts'
import { judgePart } from '../../../../src/main/store/live.ts'
import { changeSetting } from '../../../../src/main/store/settings.ts'
import { message } from '../../../../src/shared/messages/message.ts'
import { outputRulesKey, webhookSettingsSchema } from '../../../../src/shared/output.ts'
import { judgedLine } from '../delivery/judged-line.ts'

describe('the state of a line', () => {
  const failure = { code: 'disk-full', params: {} }

  it.each([
    ['storage-full', { storage: failure, problem: 'away', grabber: null, unlike: null }, true],
    ['camera-away', { storage: null, problem: 'away', grabber: null, unlike: null }, true],
    [
      'camera-away',
      { storage: null, problem: null, grabber: { program: 'ffmpeg', failure }, unlike: null },
      true,
    ],
    ['engine-away', { storage: null, problem: null, grabber: null, unlike: null }, false],
    [
      'light-changed',
      { storage: null, problem: null, grabber: null, unlike: message('photograph-unlike') },
      true,
    ],
    [
      'judging',
      { storage: null, problem: null, grabber: { program: 'ffmpeg', failure: null }, unlike: null },
      true,
    ],
  ] as const)('is %s, whatever else is well', (state, notes, isReady) => {
    expect(lineStateFrom(notes, isReady, () => true)).toBe(state)
  })

  it('is ready only where nothing waits', () => {
    expect(
      lineStateFrom({ storage: null, problem: null, grabber: null, unlike: null }, true, () => false),
    ).toBe('ready')
  })
})

describe('a part without a verdict in time', () => {
  function line(verdictWithin: number | null) {
    const made = judgedLine()
    const { db } = made.session.workspace
    changeSetting(db, outputRulesKey, { hosts: [], verdictWithin }, 'Mei Lin')
    const settings = webhookSettingsSchema.parse({ kind: 'webhook', url: 'http://127.0.0.1:9/' })
    addOutput(db, { name: 'ejector', settings, secrets: {} })
    const part = made.arrive()
    const age = (milliseconds: number) =>
      db.run('UPDATE live_part SET arrived_at = arrived_at - $milliseconds', { milliseconds })
    return { ...made, db, part, age }
  }

  it('is told as a reject once, and stays one whatever its verdict is', () => {
    const { session, watch, db, part, age } = line(5)
    tellLateParts({ session, watch })
    expect(partRecord(db, part.id).result).toBeNull()
    age(6000)
    tellLateParts({ session, watch })
    tellLateParts({ session, watch })
    const told = { number: 1, verdict: 'reject', cause: 'late' }
    expect(partRecord(db, part.id).result).toMatchObject(told)
    const values = { score: 0, threshold: 1, reason: null, run: null, point: null }
    expect(judgePart(db, part.id, { ...values, verdict: 'good' })?.verdict).toBe('good')
    expect(partRecord(db, part.id).result).toMatchObject(told)
    expect(listAudit(db, { action: 'live.late' }).map(({ detail }) => detail.parts)).toEqual([[part.id]])
  })

  it('is waited for where no time is set', () => {
    const { session, watch, db, part, age } = line(null)
    age(1_000_000)
    tellLateParts({ session, watch })
    expect(partRecord(db, part.id).result).toBeNull()
  })
})
