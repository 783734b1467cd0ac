/**
 * Main sends an event for each decision to every window, also to the one that made it, which knows it from the answer
 * to its call. The event may come before that answer; whether it is about this window's decision shows only then.
 */
export function createOwnDecisions(onOthers: () => void) {
  /** Images whose next event repeats an answer: one entry for each event that is still to come. */
  const known: number[] = []
  /** Images of the events that came while an answer was awaited. */
  let heard: number[] = []

  return {
    /** An event about `image`; `isAwaited`: main's answer to a decision of this window is still to come. */
    hear(image: number, isAwaited: boolean): void {
      if (isAwaited) heard.push(image)
      else if (known.includes(image)) known.splice(known.indexOf(image), 1)
      else onOthers()
    },
    /** Main has answered about `image`; null where it has failed. */
    settle(image: number | null): void {
      const others = heard
      heard = []
      if (image !== null) {
        if (others.includes(image)) others.splice(others.indexOf(image), 1)
        else known.push(image)
      }
      if (others.length > 0) onOthers()
    },
    /** The whole queue has been read again, so it no longer matters whose decisions the events were about. */
    forgetHeard(): void {
      heard = []
    },
  }
}
