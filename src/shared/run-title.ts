/** What a run is called, in windows, on the command line and in reports. */
import type { Run } from './run.ts'

export interface RunTitleWords {
  system(name: string): string
  preset(name: string): string
  retrained(title: string): string
}

/**
 * Two runs never have the same title: those of a dataset that are called alike have a number, the retrained ones
 * among themselves, and each says its dataset.
 *
 * @param dataset the one that the run learned from; null where it stands beside the title
 */
export function runTitle(run: Run, dataset: string | null, words: RunTitleWords): string {
  const { name, number, model, preset, seed, parentRunId } = run
  const called = name ?? `${words.system(model)} · ${words.preset(preset)} · ${seed}`
  const title = number === 1 ? called : `${called} (${number})`
  const full = dataset === null ? title : `${title} · ${dataset}`
  return name !== null || parentRunId === null ? full : words.retrained(full)
}
