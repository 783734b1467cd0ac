/**
 * Models that several tasks which stream use at once: two inspection points with one run load it once. They work in
 * rounds, one after the other, so that a model is never asked by two of them at the same time.
 */

interface Disposable {
  scorer: { dispose(): void }
}

export interface TakenModel<M> {
  model: M
  /** The model is let go of once nobody uses it; to be called once. */
  release(): void
}

export interface SharedModels<M> {
  /** @param load called where nobody uses the model of this folder */
  take(folder: string, load: () => Promise<M>): Promise<TakenModel<M>>
}

export function createSharedModels<M extends Disposable>(): SharedModels<M> {
  const loaded = new Map<string, { loading: Promise<M>; users: number }>()
  return {
    async take(folder, load) {
      const entry = loaded.get(folder) ?? { loading: load(), users: 0 }
      loaded.set(folder, entry)
      entry.users += 1
      const leave = (): boolean => {
        entry.users -= 1
        if (entry.users > 0) return false
        // Another one may have taken its place after a failure.
        if (loaded.get(folder) === entry) loaded.delete(folder)
        return true
      }
      try {
        const model = await entry.loading
        return {
          model,
          release() {
            if (leave()) model.scorer.dispose()
          },
        }
      } catch (error) {
        leave()
        // Whoever asks next tries again.
        if (loaded.get(folder) === entry) loaded.delete(folder)
        throw error
      }
    },
  }
}
