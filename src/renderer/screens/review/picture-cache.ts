/**
 * Pictures of the parts around the one on screen, loaded before they are needed. What is on screen is never
 * thrown away; what is far from it is.
 */
export interface PictureCacheOptions<P> {
  load(key: string, signal: AbortSignal): Promise<P>
  /** Frees what the pictures hold. */
  dispose(pictures: P): void
  /** Loads under way at once. */
  parallel: number
  /** Entries kept besides the wanted ones, newest first. */
  spare: number
}

interface Entry<P> {
  promise: Promise<P>
  pictures: P | null
  abort: AbortController
}

export interface PictureCache<P> {
  /** Loads at once, before anything else that waits. */
  get(key: string): Promise<P>
  /** Loaded already, or null. */
  peek(key: string): P | null
  /** Keys in the order in which they will be needed; loads them and forgets what is far from them. */
  want(keys: readonly string[]): void
  /** Says which entry is on screen, which frees what was there before. */
  shown(key: string | null): void
  /** Forgets everything but what is on screen, for instance after other colors were chosen. */
  clear(): void
}

export function createPictureCache<P>(options: PictureCacheOptions<P>): PictureCache<P> {
  // A Map remembers the order of use: the oldest comes first.
  const entries = new Map<string, Entry<P>>()
  let wanted: string[] = []
  let onScreen: { key: string; entry: Entry<P> } | null = null
  let loading = 0

  function start(key: string): Entry<P> {
    const abort = new AbortController()
    loading += 1
    const entry: Entry<P> = { abort, pictures: null, promise: options.load(key, abort.signal) }
    entries.set(key, entry)
    const settle = () => {
      loading -= 1
      fill()
    }
    entry.promise.then(
      (pictures) => {
        // Forgotten while it loaded.
        if (entries.get(key) === entry) entry.pictures = pictures
        else options.dispose(pictures)
        settle()
      },
      () => {
        // The next wish tries again; whoever waits for this one gets the error from the promise.
        if (entries.get(key) === entry) {
          entries.delete(key)
          wanted = wanted.filter((other) => other !== key)
        }
        settle()
      },
    )
    return entry
  }

  function fill(): void {
    for (const key of wanted) {
      if (loading >= options.parallel) return
      if (!entries.has(key)) start(key)
    }
  }

  function forget(key: string): void {
    const entry = entries.get(key)
    if (entry === undefined) return
    entries.delete(key)
    if (entry === onScreen?.entry) return
    if (entry.pictures === null) entry.abort.abort()
    else options.dispose(entry.pictures)
  }

  function trim(): void {
    const needed = new Set(wanted)
    const spare = [...entries.keys()].filter((key) => !needed.has(key) && key !== onScreen?.key)
    for (const key of spare.slice(0, Math.max(0, spare.length - options.spare))) forget(key)
  }

  return {
    get(key) {
      const known = entries.get(key)
      if (known !== undefined) {
        entries.delete(key)
        entries.set(key, known)
        return known.promise
      }
      return start(key).promise
    },
    peek: (key) => entries.get(key)?.pictures ?? null,
    want(keys) {
      wanted = [...keys]
      trim()
      fill()
    },
    shown(key) {
      const before = onScreen
      const entry = key === null ? undefined : entries.get(key)
      onScreen = key === null || entry === undefined ? null : { key, entry }
      if (before === null || before.entry === onScreen?.entry) return
      // Forgotten while it was on screen.
      if (entries.get(before.key) !== before.entry && before.entry.pictures !== null) {
        options.dispose(before.entry.pictures)
      }
    },
    clear() {
      wanted = []
      for (const key of [...entries.keys()]) forget(key)
    },
  }
}
