import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { sessionHooks } from '../../../src/main/app/session-hooks.ts'
import { createEventHub } from '../../../src/main/platform/events.ts'
import { openSession, type Session } from '../../../src/main/session/session.ts'
import { setDefectTypes } from '../../../src/main/store/annotations.ts'
import { listAudit } from '../../../src/main/store/audit.ts'
import { confirmClock } from '../../../src/main/store/clock.ts'
import { createDataset } from '../../../src/main/store/datasets.ts'
import { findOrMakeOperator } from '../../../src/main/store/operators.ts'
import { changeType, typeChanges } from '../../../src/main/store/type-changes.ts'
import type { ClockJump } from '../../../src/shared/clock.ts'
import { playedEngine } from '../jobs/played-engine.ts'
import { temporaryFolder } from '../store/temporary-folder.ts'

const hour = 3_600_000
const day = 24 * hour
const first = Date.UTC(2026, 0, 31, 12)

/** A workspace in which something was stored at `first`, and the clocks of its computer. */
function station() {
  const dir = join(temporaryFolder(), 'line')
  const clock = { wall: first, sinceStart: day }
  const events = createEventHub()
  const told: (ClockJump | null)[] = []
  events.on('clock.changed', ({ jump }) => told.push(jump))
  const open = (): Session => {
    const session = openSession({
      dir,
      create: true,
      clocks: { now: () => clock.wall, sinceStart: () => clock.sinceStart },
      launchEngine: playedEngine().launch,
      events,
      hooks: sessionHooks,
    })
    onTestFinished(() => session.close())
    return session
  }
  /** Closes it, and opens it again when the clock shows something else. */
  async function reopen(session: Session, wall: number): Promise<Session> {
    await session.close()
    clock.wall = wall
    return open()
  }
  const passes = (milliseconds: number): void => {
    clock.wall += milliseconds
    clock.sinceStart += milliseconds
  }
  const session = open()
  findOrMakeOperator(session.workspace.db, 'Li Na')
  return { session, clock, told, reopen, passes }
}

const jumps = ({ workspace }: Session) =>
  listAudit(workspace.db, { action: 'clock.jumped' }).map(({ detail }) => detail)

describe('opening a workspace', () => {
  it.each([
    ['a moment later', 1000],
    ['a little earlier, as where a clock is put right', -hour],
    ['after two weeks', 14 * day],
  ])('%s says nothing', async (_, milliseconds) => {
    const { session, reopen } = station()
    const next = await reopen(session, first + milliseconds)
    expect(next.clock.look()).toBeNull()
    expect(jumps(next)).toEqual([])
  })

  it.each([
    ['two years before the newest stored time', -2 * 365 * day],
    ['a little more than an hour before it', -hour - 1],
    ['in 2099', Date.UTC(2099, 0, 1) - first],
    ['a month after it', 31 * day],
  ])('%s says so once, in the audit too, until a person says that the clock is right', async (_, leap) => {
    const { session, reopen } = station()
    const found = { stored: first, present: first + leap }
    let next = await reopen(session, first + leap)
    expect(next.clock.look()).toEqual(found)
    next = await reopen(next, first + leap + 1000)
    expect(next.clock.look()).toEqual(found)
    expect(jumps(next)).toEqual([found])
    next.clock.confirm('Li Na')
    expect(listAudit(next.workspace.db, { action: 'clock.confirmed' })).toMatchObject([
      { operator: 'Li Na', detail: found },
    ])
    next = await reopen(next, first + leap + 2000)
    expect(next.clock.look()).toBeNull()
  })

  it('asks also where the clock was put back to what it was before, and tells of both jumps', async () => {
    const { session, reopen } = station()
    const far = first + 365 * day
    let next = await reopen(session, far)
    next = await reopen(next, first + day)
    expect(next.clock.look()).toEqual({ stored: first, present: first + day })
    expect(jumps(next)).toEqual([
      { stored: far, present: first + day },
      { stored: first, present: far },
    ])
  })

  it.each(['decision', 'score', 'live_part'])('compares with the newest %s, too', async (table) => {
    const { session, reopen } = station()
    const { db } = session.workspace
    db.pragma('foreign_keys = OFF')
    const later = first + 2 * hour
    const rows = {
      decision: `INSERT INTO decision (image_id, run_id, operator_id, decision, decided_at) VALUES (1, 'r', 1, 'accept', ${later})`,
      score: `INSERT INTO score (run_id, image_id, score, tiles, components, scored_at) VALUES ('r', 1, 0, 1, x'00000000', ${later})`,
      live_part: `INSERT INTO live_part (watch_id, file, bytes, modified_at, arrived_at) VALUES ('w', 'a.png', 1, 1, ${later})`,
    }
    db.script(rows[table as keyof typeof rows])
    const next = await reopen(session, first)
    expect(next.clock.look()).toEqual({ stored: later, present: first })
    // What was stored by the wrong clock is not told of again.
    next.clock.confirm('Li Na')
    expect((await reopen(next, first + 1000)).clock.look()).toBeNull()
  })
})

describe('while a workspace is open', () => {
  it.each([
    ['back', -2 * hour],
    ['forward', 2 * hour],
  ])('a clock that is set %s is found by the one that nobody can set, and windows are told', (_, leap) => {
    const { session, clock, told, passes } = station()
    passes(day)
    clock.wall += leap
    const found = { stored: first + day, present: first + day + leap }
    expect(session.clock.look()).toEqual(found)
    expect(session.clock.look()).toEqual(found)
    expect(jumps(session)).toEqual([found])
    session.clock.confirm('Li Na')
    expect(told).toEqual([found, null])
  })

  it('days that pass are no jump, also where nothing is stored', async () => {
    const { session, passes, reopen } = station()
    for (let i = 0; i < 100; i += 1) {
      passes(day)
      expect(session.clock.look()).toBeNull()
    }
    expect((await reopen(session, first + 101 * day)).clock.look()).toBeNull()
  })

  it('windows hear of an answer that another process gave', () => {
    const { session, clock, told } = station()
    clock.wall += 2 * hour
    session.clock.look()
    confirmClock(session.workspace.db, 'Li Na')
    expect(session.clock.look()).toBeNull()
    expect(told).toMatchObject([{ stored: first }, null])
  })
})

it('a deleted defect type can be put back for as long as nobody has said that the clock is right', async () => {
  const { session, reopen } = station()
  const { db } = session.workspace
  const { id } = createDataset(db, { name: 'parts', layout: 'flat', source: '/photographs' })
  setDefectTypes(db, id, [{ name: 'dent', color: '#ff0000' }])
  changeType(db, { datasetId: id, kind: 'remove', name: 'dent', becomes: null, operator: 'Li Na' })
  const next = await reopen(session, first + 400 * day)
  expect(typeChanges(next.workspace.db)).toHaveLength(1)
  next.clock.confirm('Li Na')
  expect(typeChanges(next.workspace.db)).toEqual([])
})
