/**
 * Main tells every window of each decision, also the one that made it and knows it from main's answer already. An
 * event may come before that answer: then whose it is shows only with the answer.
 */
export function createOwnDecisions(onOthers: () => void) {
  /** Images whose next event tells what an answer told: one entry an event. */
  const known: number[] = []
  /** Images that events named while an answer was awaited. */
  let heard: number[] = []

  return {
    /** An event about `image`; `isAwaited`: main's answer to a decision of this window is still to come. */
    hear(image: number, isAwaited: boolean): void {
      if (isAwaited) heard.push(image)
      else if (known.includes(image)) known.splice(known.indexOf(image), 1)
      else onOthers()
    },
    /** Main has answered about `image`, or has failed: null. */
    settle(image: number | null): void {
      const others = heard
      heard = []
      if (image !== null) {
        if (others.includes(image)) others.splice(others.indexOf(image), 1)
        else known.push(image)
      }
      if (others.length > 0) onOthers()
    },
    /** The whole queue has been read anew: whose events those were does not matter any more. */
    forgetHeard(): void {
      heard = []
    },
  }
}
