/** What a run is called, in windows, on the command line and in reports. */
import type { Run } from './run.ts'

export interface RunTitleWords {
  system(name: string): string
  preset(name: string): string
  /** @param id the end of the run's id, which tells it apart from the run that it was retrained from */
  retrained(title: string, id: string): string
}

/** @param dataset the one that the run learned from; null where the reader sees it anyway, or there is only one */
export function runTitle(run: Run, dataset: string | null, words: RunTitleWords): string {
  const { id, name, model, preset, seed, parentRunId } = run
  const title = name ?? `${words.system(model)} · ${words.preset(preset)} · ${seed}`
  const full = dataset === null ? title : `${title} · ${dataset}`
  return name !== null || parentRunId === null ? full : words.retrained(full, endOfId(id))
}

/** Tells apart runs that have the same title. */
export const endOfId = (id: string): string => id.slice(-5)

/**
 * Whether runs must be told apart by their datasets. Datasets of live or scored parts do not count: nothing is learned
 * from them.
 */
export function areSeveralLearnedFrom(
  datasets: readonly { id: string; splits: { train: number } }[],
  runs: readonly Pick<Run, 'datasetId'>[],
): boolean {
  const ids = new Set(runs.map(({ datasetId }) => datasetId))
  for (const { id, splits } of datasets) if (splits.train > 0) ids.add(id)
  return ids.size > 1
}
