/**
 * Environment of an engine process. Set-up leaves `.cache/tensorflow/environment.json` where the TensorFlow
 * library needs more than this process has, for instance the folders of the CUDA libraries; a dynamic
 * loader reads those variables when a process starts, so main cannot set them for itself.
 */
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { z } from 'zod'
import { Failure } from '../../shared/failure.ts'

const fileSchema = z.record(z.string(), z.string())

/** Variables that hold a list of folders: what set-up says comes before what is there. */
const lists = new Set(['PATH', 'Path', 'LD_LIBRARY_PATH', 'DYLD_LIBRARY_PATH'])

/** `base` with what set-up recorded below `root`, the folder of package.json. */
export function engineEnvironment(root: string, base: NodeJS.ProcessEnv): Record<string, string> {
  const environment: Record<string, string> = {}
  for (const [name, value] of Object.entries(base)) if (value !== undefined) environment[name] = value
  const file = join(root, '.cache', 'tensorflow', 'environment.json')
  if (!existsSync(file)) return environment
  for (const [name, value] of Object.entries(readEnvironment(file))) {
    const present = environment[name]
    environment[name] =
      lists.has(name) && present !== undefined && present !== '' ? `${value}${delimiter}${present}` : value
  }
  return environment
}

function readEnvironment(file: string): Record<string, string> {
  try {
    return fileSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (cause) {
    throw new Failure(
      'environment-file-invalid',
      `${file} does not hold environment variables.`,
      'Delete the file and start again: set-up writes it anew.',
      { cause },
    )
  }
}
