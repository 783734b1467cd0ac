/**
 * Pictures of the parts around the one on screen, loaded before they are needed. Of those that are no longer wanted
 * the ones used last are kept. What is on screen is never thrown away.
 */
import { LRUCache } from 'lru-cache'

export interface PictureCacheOptions<P> {
  load(key: string, signal: AbortSignal): Promise<P>
  /** Frees what the pictures hold. */
  dispose(pictures: P): void
  /** Loads under way at once. */
  parallel: number
  /** Entries kept besides the wanted ones: those used last. */
  spare: number
}

interface Entry<P> {
  promise: Promise<P>
  /** Null while they are loaded. */
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

/** The library asks for a bound. It is far above what a screen wants: `forgetFar` decides what goes, and when. */
const most = 1000

export function createPictureCache<P>(options: PictureCacheOptions<P>): PictureCache<P> {
  const entries = new LRUCache<string, Entry<P>>({ max: most, dispose: free })
  let wanted: readonly string[] = []
  let onScreen: { key: string; entry: Entry<P> } | null = null
  let loading = 0

  /** Frees the pictures of a forgotten entry; those on screen are freed once they are no longer shown. */
  function free(entry: Entry<P>): void {
    if (entry === onScreen?.entry) return
    if (entry.pictures === null) entry.abort.abort()
    else options.dispose(entry.pictures)
  }

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
        // The entry was forgotten while it was loading.
        if (entries.peek(key) === entry) entry.pictures = pictures
        else options.dispose(pictures)
        settle()
      },
      () => {
        // The next call tries again. Who waits for this load gets the error from its promise.
        if (entries.peek(key) === entry) {
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

  function forgetFar(): void {
    const needed = new Set(wanted)
    // Those used longest ago come first.
    const far = [...entries.rkeys()].filter((key) => !needed.has(key) && key !== onScreen?.key)
    for (const key of far.slice(0, Math.max(0, far.length - options.spare))) entries.delete(key)
  }

  return {
    get: (key) => (entries.get(key) ?? start(key)).promise,
    peek: (key) => entries.peek(key)?.pictures ?? null,
    want(keys) {
      wanted = [...keys]
      forgetFar()
      fill()
    },
    shown(key) {
      const before = onScreen
      const entry = key === null ? undefined : entries.peek(key)
      onScreen = key === null || entry === undefined ? null : { key, entry }
      if (before === null || before.entry === onScreen?.entry) return
      const isForgotten = entries.peek(before.key) !== before.entry
      if (isForgotten) free(before.entry)
    },
    clear() {
      wanted = []
      entries.clear()
    },
  }
}
