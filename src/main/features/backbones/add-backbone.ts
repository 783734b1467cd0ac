/**
 * Adds a network that a person brings: the folder of a frozen SavedModel, and a JSON file that says how photographs
 * become its input, where features come out of it, and under which licence it stands. The SavedModel itself is never
 * loaded: its graph is read as data, and of that only admitted operations are kept.
 */
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { type BackboneDescription, backboneDescriptionSchema } from '../../../shared/backbone.ts'
import { Failure, reasonOf } from '../../../shared/failure.ts'
import { inside, message } from '../../../shared/messages/message.ts'
import { importFolder } from '../../model/backbones/backbone-files.ts'
import { keepOwnBackbone, removeOwnBackbone } from '../../model/backbones/own-backbones.ts'
import { backboneByName } from '../../model/backbones/registry.ts'
import { frozenGraph } from './freeze.ts'
import { Refusal } from './refusal.ts'
import { readGraph } from './saved-model.ts'

/** Bytes; TensorFlow's own limit for a message. */
const largestFile = 2e9

export interface BackboneToAdd {
  /** Absolute path of the SavedModel's folder. */
  folder: string
  /** Absolute path of the JSON file. */
  description: string
  environment?: NodeJS.ProcessEnv | undefined
}

/**
 * @returns its name
 * @throws Failure `backbone-description`, `backbone-file-unreadable`, `backbone-model-refused`, `backbone-not-stored`,
 * `backbone-name-taken`
 */
export async function addBackbone({
  folder,
  description: file,
  environment,
}: BackboneToAdd): Promise<string> {
  const description = describedIn(file, await text(file))
  if (backboneByName(description.name) !== null) {
    throw new Failure('backbone-name-taken', { name: description.name })
  }
  const model = join(folder, 'saved_model.pb')
  const bytes = await read(model)
  const { graph, tensors } = takenFrom(model, bytes, description)
  try {
    await keepOwnBackbone({ format: 1, description, graph }, tensors, environment)
  } catch (cause) {
    const where = importFolder(environment)
    throw new Failure('backbone-not-stored', { folder: where, reason: reasonOf(cause) }, { cause })
  }
  return description.name
}

function describedIn(file: string, json: string): BackboneDescription {
  try {
    return backboneDescriptionSchema.parse(JSON.parse(json))
  } catch (cause) {
    const problems =
      cause instanceof z.ZodError
        ? cause.issues.map(({ path, message: problem }) => `${path.join('.') || '–'}: ${problem}`).join('; ')
        : reasonOf(cause)
    throw new Failure('backbone-description', { file, problems }, { cause })
  }
}

const text = async (file: string): Promise<string> => new TextDecoder().decode(await read(file))

async function read(file: string): Promise<Buffer> {
  try {
    const { size } = await stat(file)
    if (size > largestFile)
      throw refused(file, new Refusal(message('file-too-large', { megabytes: largestFile / 1e6 })))
    return await readFile(file)
  } catch (cause) {
    if (cause instanceof Failure) throw cause
    throw new Failure('backbone-file-unreadable', { file, reason: reasonOf(cause) }, { cause })
  }
}

function takenFrom(
  file: string,
  bytes: Buffer,
  description: BackboneDescription,
): ReturnType<typeof frozenGraph> {
  try {
    return frozenGraph(readGraph(bytes), description)
  } catch (error) {
    if (error instanceof Refusal) throw refused(file, error)
    throw error
  }
}

const refused = (file: string, { reason }: Refusal): Failure =>
  new Failure('backbone-model-refused', { file, reason: inside('reason', reason) })

/** @throws Failure `backbone-not-own` */
export async function removeBackbone(name: string, environment?: NodeJS.ProcessEnv): Promise<void> {
  if (!(await removeOwnBackbone(name, environment))) throw new Failure('backbone-not-own', { name })
}
