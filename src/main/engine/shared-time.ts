/**
 * Shares the time of the engine among tasks that stream: they work in rounds, one after the other, and of those that
 * wait for a round the one that has had the least time goes next. A slow model takes longer rounds, and fewer of them.
 */

export interface TimeShare {
  /** Waits for its turn, does the work, and lets the next one in. */
  round<T>(work: () => Promise<T>): Promise<T>
}

interface Member {
  /** Milliseconds that it has had. */
  used: number
}

interface Waiting {
  member: Member
  begin(): void
}

export interface SharedTime {
  join(): TimeShare
}

/** @param clock milliseconds of a clock that nobody can set */
export function createSharedTime(clock: () => number = () => performance.now()): SharedTime {
  const waiting: Waiting[] = []
  let isTaken = false
  /** What the last round was given to had had by then: who rested meanwhile saves nothing up. */
  let floor = 0

  function next(): void {
    const [first] = waiting.toSorted((a, b) => a.member.used - b.member.used)
    if (isTaken || first === undefined) return
    waiting.splice(waiting.indexOf(first), 1)
    isTaken = true
    floor = Math.max(floor, first.member.used)
    first.begin()
  }

  return {
    join() {
      const member: Member = { used: floor }
      return {
        async round(work) {
          member.used = Math.max(member.used, floor)
          await new Promise<void>((begin) => {
            waiting.push({ member, begin })
            next()
          })
          const began = clock()
          try {
            return await work()
          } finally {
            member.used += clock() - began
            // First it may ask for its next round itself: that may be due before those of the others.
            setImmediate(() => {
              isTaken = false
              next()
            })
          }
        },
      }
    },
  }
}
