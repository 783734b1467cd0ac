/**
 * The environment variables of an engine process. Where TensorFlow needs more than this process has, such as the
 * folders of the CUDA libraries, set-up writes them to `.cache/tensorflow/environment.json`. A dynamic loader reads
 * them when a process starts, so main cannot set them for itself.
 */
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { z } from 'zod'
import { Failure } from '../../shared/failure.ts'

const fileSchema = z.record(z.string(), z.string())

/** Variables that hold a list of folders: the folders from set-up come before those of this process. */
const lists = new Set(['PATH', 'Path', 'LD_LIBRARY_PATH', 'DYLD_LIBRARY_PATH'])

/** The variable by which the GNU C library configures the memory of a process at its start. */
const tunables = 'GLIBC_TUNABLES'
const largePages = 'glibc.malloc.hugetlb'

/**
 * Asks for large memory pages. The results of layers take megabytes each, and looking up small pages cost 2 to 7 % of
 * the processor time of a step. Systems without large pages or with another C library ignore the variable.
 */
function withLargePages(environment: Record<string, string>): Record<string, string> {
  const present = environment[tunables] ?? ''
  if (present.includes(largePages)) return environment
  return { ...environment, [tunables]: [...(present === '' ? [] : [present]), `${largePages}=1`].join(':') }
}

/**
 * `base` with the variables that set-up recorded below `root` (the folder of package.json), and with large pages on
 * Linux.
 */
export function engineEnvironment(
  root: string,
  base: NodeJS.ProcessEnv,
  platform: NodeJS.Platform = process.platform,
): Record<string, string> {
  const environment = recordedEnvironment(root, base)
  return platform === 'linux' ? withLargePages(environment) : environment
}

function recordedEnvironment(root: string, base: NodeJS.ProcessEnv): Record<string, string> {
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
    throw new Failure('environment-file-invalid', { file }, { cause })
  }
}
