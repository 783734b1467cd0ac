import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Programs of their own: threads of main and the engine, each in src/main/app/entries/. */
export type EntryName =
  | 'audit-worker'
  | 'batch-worker'
  | 'choice-worker'
  | 'dataset-worker'
  | 'engine'
  | 'comparison-worker'
  | 'curation-worker'
  | 'evaluation-worker'
  | 'export-worker'
  | 'grid-worker'
  | 'import-worker'
  | 'label-worker'
  | 'picture-worker'
  | 'region-worker'
  | 'sample-worker'
  | 'threshold-worker'
  | 'verify-worker'

/**
 * Where a program of its own lies: its source when main runs from source, else the bundle of that name beside
 * main's (main itself may have been bundled into a chunk one folder below).
 *
 * @param from the calling module's address, for tests
 */
export function workerEntry(name: EntryName, from: string = import.meta.url): URL {
  if (from.endsWith('.ts')) return new URL(`../app/entries/${name}.ts`, from)
  const folder = new URL('.', from)
  const isChunk = basename(fileURLToPath(folder)) === 'chunks'
  return new URL(`${name}.js`, isChunk ? new URL('..', folder) : folder)
}
