/** Jobs that share one turn of a queue: whoever comes while it lasts begins at once, and it ends with the last of them. */

/** Adds work to the end of a queue. */
type Queue = (work: () => Promise<void>) => Promise<unknown>

interface Turn {
  isOpen: boolean
  queued: (() => Promise<void>)[]
  atWork: Set<Promise<void>>
}

/** @returns what adds work to the turn, and asks for one where there is none; kept once the turn is over */
export function createSharedTurn(queue: Queue): (work: () => Promise<void>) => Promise<unknown> {
  let turn: Turn | null = null
  let over: Promise<unknown> = Promise.resolve()

  function enter({ atWork }: Turn, work: () => Promise<void>): void {
    const done = work().finally(() => atWork.delete(done))
    // Whoever waits for the turn hears of it.
    done.catch(() => undefined)
    atWork.add(done)
  }

  return (work) => {
    if (turn !== null) {
      if (turn.isOpen) enter(turn, work)
      else turn.queued.push(work)
      return over
    }
    const mine: Turn = { isOpen: false, queued: [work], atWork: new Set() }
    turn = mine
    over = queue(async () => {
      mine.isOpen = true
      for (const first of mine.queued) enter(mine, first)
      try {
        while (mine.atWork.size > 0) await Promise.all(mine.atWork)
      } finally {
        turn = null
      }
    })
    return over
  }
}
