/** Compares the computer's clock with what is stored when a workspace opens, and while it is open with a clock that nobody can set. */
import type { ClockJump } from '../../shared/clock.ts'
import { failureDocument } from '../../shared/failure.ts'
import type { EventHub } from '../platform/events.ts'
import type { Log } from '../platform/log.ts'
import { clockJump, compareClock, confirmClock, mayGoBack, noteJump, noteTime } from '../store/clock.ts'
import type { Workspace } from '../store/workspace.ts'

const every = 30_000

export interface ClockWatch {
  /** Looks now. @returns the jump that waits for an answer; null where none does */
  look(): ClockJump | null
  /** A person says that the clock is right. */
  confirm(operator: string | null): void
  stop(): void
}

/** For a workspace in which nothing is stored. */
export const noClockWatch: ClockWatch = {
  look: () => null,
  confirm: () => undefined,
  stop: () => undefined,
}

export function watchClock({ db }: Pick<Workspace, 'db'>, events: EventHub, log: Log): ClockWatch {
  const anchor = () => ({ wall: db.now(), sinceStart: db.sinceStart() })
  let before: ReturnType<typeof anchor> | null = null
  /** The jump that windows know of; another process may answer. They are told of the first as the workspace opens. */
  let told: ClockJump | null = null
  let isOpening = true

  function tell(): ClockJump | null {
    const jump = clockJump(db)
    if (!isOpening && (jump?.present !== told?.present || jump?.stored !== told?.stored))
      events.emit('clock.changed', { jump })
    told = jump
    return jump
  }

  function found(): ClockJump | null {
    const now = anchor()
    if (before === null) return compareClock(db)
    const expected = before.wall + Math.round(now.sinceStart - before.sinceStart)
    return Math.abs(now.wall - expected) > mayGoBack
      ? noteJump(db, { stored: expected, present: now.wall })
      : null
  }
  function look(): ClockJump | null {
    const jump = found()
    if (before === null || jump !== null) before = anchor()
    if (jump !== null) {
      log.warn(
        'The clock has jumped. Nothing is cleared away by its age until somebody says that it is right.',
        {
          ...jump,
        },
      )
    } else noteTime(db)
    return tell()
  }
  // What cannot be stored now is found again at the next look.
  const lookLater = (): void => {
    try {
      look()
    } catch (error) {
      log.error('The clock could not be compared with the workspace.', failureDocument(error))
    }
  }
  lookLater()
  isOpening = false
  const timer = setInterval(lookLater, every).unref()
  return {
    look,
    confirm(operator) {
      confirmClock(db, operator)
      before = anchor()
      tell()
    },
    stop: () => clearInterval(timer),
  }
}
