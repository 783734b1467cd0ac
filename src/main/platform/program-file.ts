import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * The file of a program that main starts as a process (`engine`) or as a thread (`thread`): its source in
 * src/main/app when main runs from source, else the bundle of that name next to main's bundle (main itself may be in
 * a chunk one folder below).
 *
 * @param from the calling module's address, for tests
 */
export function programFile(name: 'engine' | 'thread', from: string = import.meta.url): URL {
  if (from.endsWith('.ts')) return new URL(`../app/${name}.ts`, from)
  const folder = new URL('.', from)
  const isChunk = basename(fileURLToPath(folder)) === 'chunks'
  return new URL(`${name}.js`, isChunk ? new URL('..', folder) : folder)
}
