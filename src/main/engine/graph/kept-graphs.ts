/**
 * Compiled graphs kept in the folder of a run, `compiled/`, so that a scoring, a resumed training or the live
 * screen need not record its steps again. A file's name says what the graph was made for and, by a digest, all
 * that it depends on; whatever is outdated is never found, and what is damaged is compiled anew. Weights that
 * are constants of a graph are in its file. The folder holds at most `mostFiles`, can be deleted at any
 * time, and goes with the run.
 */

import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { compiledFolder } from '../../model/run-folder.ts'
import { temporaryPrefix } from '../../platform/durable-file.ts'
import { renamePatientlyNow } from '../../platform/patient-rename.ts'
import { tf } from '../tensorflow.ts'
import { decodeProgram, encodeProgram, type ProgramCache } from './program-cache.ts'

/**
 * How many files the folder may hold: one for scoring, one for each of the two stages of a training, and one to
 * spare.
 */
const mostFiles = 4

/** A graph with more bytes than this is not kept and is compiled each time. */
const largest = 256 * 2 ** 20

const extension = '.graph'

/** Folders of the program's own code: the engine's source and what it knows of systems, or the bundles. */
function codeFolders(here: string): string[] {
  const engine = dirname(here)
  if (basename(here) === 'graph') return [engine, join(dirname(engine), 'model')]
  return [basename(here) === 'chunks' ? dirname(here) : here]
}

function digestOfCode(here: string): string {
  const hash = createHash('sha256')
  for (const folder of codeFolders(here)) {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    for (const file of files.filter((name) => /\.[jt]s$/.test(name)).sort()) {
      hash.update(`${file}:`).update(readFileSync(join(folder, file)))
    }
  }
  return hash.digest('hex')
}

let code: string | null = null

/**
 * What every graph depends on besides the things that the compiler knows. The processor belongs to it, since it
 * computed the constants.
 */
function surroundings(): string {
  code ??= digestOfCode(import.meta.dirname)
  return [code, tf.version.tfjs, process.platform, process.arch, cpus()[0]?.model].join()
}

export interface KeptGraphs {
  /** The folder of the run. */
  folder: string
  /** What the graphs are for. The name of their file begins with it, so it has only letters. */
  purpose: string
  /** All that the steps depend on: the system, its configuration, the weights that become constants. */
  of: readonly unknown[]
  debug(message: string): void
}

/** The compiled graphs of a run for one purpose. */
export function keptGraphs({ folder, purpose, of, debug }: KeptGraphs): ProgramCache {
  const kept = join(folder, compiledFolder)
  return {
    place(description) {
      const key = createHash('sha256')
        .update(JSON.stringify([of, surroundings(), description]))
        .digest('hex')
      const name = `${purpose}-${key.slice(0, 32)}${extension}`
      const file = join(kept, name)
      return {
        find() {
          if (!existsSync(file)) {
            debug(`No graph ${name} is kept: it is compiled.`)
            return null
          }
          try {
            const graph = decodeProgram(readFileSync(file))
            debug(`The graph ${name} was compiled before.`)
            return graph
          } catch (error) {
            debug(`The kept graph ${name} cannot be used: ${reason(error)}. It is compiled anew.`)
            return null
          }
        },
        keep(graph) {
          try {
            const bytes = encodeProgram(graph)
            if (bytes.length > largest) {
              debug(`The graph ${name} is not kept: it takes ${bytes.length} bytes.`)
              return
            }
            mkdirSync(kept, { recursive: true })
            const temporary = join(kept, `${temporaryPrefix}${name}`)
            // This does not wait for the disk: a file that a power cut damages is made again.
            writeFileSync(temporary, bytes)
            renamePatientlyNow(temporary, file)
            dropOldest(kept)
          } catch (error) {
            debug(`The graph ${name} is not kept: ${reason(error)}.`)
          }
        },
      }
    },
  }
}

/** Removes the graphs that a run no longer needs. */
export function dropGraphs(folder: string, purpose: string): void {
  const kept = join(folder, compiledFolder)
  if (!existsSync(kept)) return
  for (const name of readdirSync(kept)) {
    if (name.startsWith(`${purpose}-`)) rmSync(join(kept, name), { force: true })
  }
}

function dropOldest(kept: string): void {
  const files = readdirSync(kept)
    .filter((name) => name.endsWith(extension))
    .map((name) => ({ path: join(kept, name), written: statSync(join(kept, name)).mtimeMs }))
    .sort((a, b) => b.written - a.written)
  for (const { path } of files.slice(mostFiles)) rmSync(path, { force: true })
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error))
