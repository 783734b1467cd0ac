import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * Where a program of its own lies, which main starts as a process (`engine`) or as a thread (`thread`): its source
 * in src/main/app when main runs from source, else the bundle of that name beside main's (main itself may have been
 * bundled into a chunk one folder below).
 *
 * @param from the calling module's address, for tests
 */
export function programFile(name: 'engine' | 'thread', from: string = import.meta.url): URL {
  if (from.endsWith('.ts')) return new URL(`../app/${name}.ts`, from)
  const folder = new URL('.', from)
  const isChunk = basename(fileURLToPath(folder)) === 'chunks'
  return new URL(`${name}.js`, isChunk ? new URL('..', folder) : folder)
}
