/**
 * Adds a network that a person brings: the folder of a frozen SavedModel, and a JSON file that says how photographs
 * become its input, where features come out of it, and under which licence it stands. The SavedModel itself is never
 * loaded: its graph is read as data, and of that only admitted operations are kept.
 */
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { type BackboneDescription, backboneDescriptionSchema } from '../../../shared/backbone.ts'
import { Failure, reasonOf } from '../../../shared/failure.ts'
import { inside, message } from '../../../shared/messages/message.ts'
import type { LaunchEngine } from '../../engine-host/channel.ts'
import { importFolder } from '../../model/backbones/backbone-files.ts'
import { placeOwnBackbone, removeOwnBackbone, writeOwnBackbone } from '../../model/backbones/own-backbones.ts'
import { backboneByName } from '../../model/backbones/registry.ts'
import { frozenGraph } from './freeze.ts'
import { Refusal } from './refusal.ts'
import { readGraph } from './saved-model.ts'
import { tryBackbone } from './try-backbone.ts'

/** Bytes; TensorFlow's own limit for a message. */
const largestFile = 2e9

export interface BackboneToAdd {
  /** Absolute path of the SavedModel's folder. */
  folder: string
  /** Absolute path of the JSON file. */
  description: string
}

/**
 * Reads the network and writes it in the form in which it is kept.
 * @param file absolute path to write
 * @returns its name
 * @throws Failure `backbone-description`, `backbone-file-unreadable`, `backbone-model-refused`, `backbone-name-taken`,
 * `backbone-not-stored`
 */
export async function prepareBackbone(
  { folder, description: described }: BackboneToAdd,
  file: string,
): Promise<string> {
  const description = describedIn(described, new TextDecoder().decode(await read(described)))
  const { name } = description
  if (backboneByName(name) !== null) throw new Failure('backbone-name-taken', { name })
  const model = join(folder, 'saved_model.pb')
  const { graph, tensors } = takenFrom(model, await read(model), description)
  await stored(dirname(file), () => writeOwnBackbone(file, { format: 1, description, graph }, tensors))
  return name
}

interface Adding {
  /** Starts an engine that runs the network once before it is kept. */
  launch: LaunchEngine
  environment: NodeJS.ProcessEnv
  /** `prepareBackbone`, where it is to run in a thread. */
  prepare?: typeof prepareBackbone
}

/** @returns its name @throws Failure those of `prepareBackbone` and of `tryBackbone` */
export async function addBackbone(
  request: BackboneToAdd,
  { launch, environment, prepare = prepareBackbone }: Adding,
): Promise<string> {
  const room = await mkdtemp(join(tmpdir(), 'fanoscope-backbone-'))
  try {
    const file = join(room, 'candidate.safetensors')
    const name = await prepare(request, file)
    await tryBackbone(launch, file)
    await stored(importFolder(environment), () => placeOwnBackbone(file, name, environment))
    return name
  } finally {
    await rm(room, { recursive: true, force: true })
  }
}

async function stored(folder: string, store: () => Promise<void>): Promise<void> {
  try {
    await store()
  } catch (cause) {
    throw new Failure('backbone-not-stored', { folder, reason: reasonOf(cause) }, { cause })
  }
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
