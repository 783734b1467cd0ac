/**
 * Networks that people added, each one file beside those of the registry: the constants of its frozen graph as
 * safetensors, and among them the document that says what it is and which operations it has.
 */
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import {
  type BackboneDescription,
  backboneDescriptionSchema,
  backboneNameSchema,
} from '../../../shared/backbone.ts'
import { copyFileSynced } from '../../platform/durable-file.ts'
import { type TensorMap, tensorOfFile, writeTensors } from '../safetensors.ts'
import { importFolder } from './backbone-files.ts'
import { documentName, documentOf, documentTensor, frozenGraphSchema } from './frozen-graph.ts'

const documentSchema = z.object({
  format: z.literal(1),
  description: backboneDescriptionSchema,
  graph: frozenGraphSchema,
})
export type OwnBackboneDocument = z.infer<typeof documentSchema>

export interface OwnBackbone {
  description: BackboneDescription
  /** Absolute path. */
  file: string
  bytes: number
}

const ending = '.safetensors'

const folderOf = (environment?: NodeJS.ProcessEnv): string => join(importFolder(environment), 'own')

/** The document of a network that a person added; null where the tensors are those of a backbone of the registry. */
export function ownDocumentOf(tensors: TensorMap): OwnBackboneDocument | null {
  const document = documentOf(tensors)
  return document === undefined ? null : documentSchema.parse(document)
}

/** All of them, in order of name. A file that was changed or damaged is none. */
export async function ownBackbones(environment?: NodeJS.ProcessEnv): Promise<OwnBackbone[]> {
  const folder = folderOf(environment)
  const files = await readdir(folder).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  })
  const found = await Promise.all(
    files
      .filter((file) => file.endsWith(ending))
      .sort()
      .map((file) => ownBackbone(file.slice(0, -ending.length), environment)),
  )
  return found.filter((backbone) => backbone !== null)
}

/** Files that were read in this process, by path, with the size and time that they had. */
const known = new Map<string, { stamp: string; description: BackboneDescription | null }>()

/** The network of that name, with its digest compared; null where there is none. */
export async function ownBackbone(
  name: string,
  environment?: NodeJS.ProcessEnv,
): Promise<OwnBackbone | null> {
  if (!backboneNameSchema.safeParse(name).success) return null
  const file = join(folderOf(environment), name + ending)
  const found = await stat(file).catch(() => null)
  if (!found?.isFile()) return null
  const stamp = `${found.size} ${found.mtimeMs}`
  const before = known.get(file)
  const description = before?.stamp === stamp ? before.description : await descriptionIn(file, name)
  known.set(file, { stamp, description })
  return description && { description, file, bytes: found.size }
}

async function descriptionIn(file: string, name: string): Promise<BackboneDescription | null> {
  try {
    const document = await tensorOfFile(file, documentName)
    const description = document ? ownDocumentOf({ [documentName]: document })?.description : undefined
    return description?.name === name ? description : null
  } catch {
    // What cannot be read is no backbone; the list shows none, and "features add" can be repeated.
    return null
  }
}

/** @param tensors the constants of the graph */
export async function writeOwnBackbone(
  file: string,
  document: OwnBackboneDocument,
  tensors: TensorMap,
): Promise<void> {
  const { name, licence, origin } = document.description
  await writeTensors(file, { ...tensors, ...documentTensor(document) }, { backbone: name, licence, origin })
}

/** Puts a file that `writeOwnBackbone` wrote among the others; one of the same name is replaced. */
export async function placeOwnBackbone(
  file: string,
  name: string,
  environment?: NodeJS.ProcessEnv,
): Promise<void> {
  await mkdir(folderOf(environment), { recursive: true })
  await copyFileSynced(file, join(folderOf(environment), name + ending))
}

/** @returns whether there was one */
export async function removeOwnBackbone(name: string, environment?: NodeJS.ProcessEnv): Promise<boolean> {
  if (!backboneNameSchema.safeParse(name).success) return false
  const file = join(folderOf(environment), name + ending)
  const isThere = (await stat(file).catch(() => null))?.isFile() === true
  if (isThere) await rm(file)
  return isThere
}

/** The notice that goes with everything made with it. */
export function ownNotice({
  name,
  title = name,
  licence,
  copyright,
  origin,
  address,
}: BackboneDescription): string {
  const about = [licence, copyright, address].filter((part) => part !== undefined)
  return `${title}: ${origin}. ${about.join(', ')}`
}
