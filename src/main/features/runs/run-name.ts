/** Names runs for people who read them outside of a window: the command line and reports. */
import type { Run } from '../../../shared/run.ts'
import { runTitle } from '../../../shared/run-title.ts'
import type { Id } from '../../../shared/values.ts'
import type { Database } from '../../store/database.ts'
import { datasetById } from '../../store/datasets.ts'
import { findRun } from '../../store/runs.ts'

/** Systems and presets have the names by which the command line takes them. */
const words = {
  system: (name: string): string => name,
  preset: (name: string): string => name,
  retrained: (title: string): string => `${title} · retrained`,
}

/** The name of the dataset that a run learned from. */
export const learnedFrom = (db: Database, { datasetId }: Run): string =>
  datasetById(db, datasetId)?.name ?? datasetId

/** What a run is called, with the dataset that it learned from. */
export const runName = (db: Database, run: Run): string => runTitle(run, learnedFrom(db, run), words)

/** Which run it is, for the documents of `--json`. */
export function runFacts(db: Database, id: Id): { run: Id; runName: string; learnedFrom: string } {
  const run = findRun(db, id)
  return { run: run.id, runName: runName(db, run), learnedFrom: learnedFrom(db, run) }
}
