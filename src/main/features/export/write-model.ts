/** Assembles the files of an exported model for other programs and other workstations. */

import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Id } from '../../../shared/values.ts'
import { exportFiles } from '../../model/exported-files.ts'
import { type ModelDescription, modelDescriptionSchema } from '../../model/model-file.ts'
import { copyFileSynced, copyInto, writeFileDurably } from '../../platform/durable-file.ts'
import { storedAsync } from '../../platform/storage-errors.ts'
import { runFolder } from '../../store/runs.ts'
import type { Workspace } from '../../store/workspace.ts'
import type { Manifest } from './manifest.ts'
import { noticeFile, noticeText } from './notice.ts'
import { beside, placeFolder, requireFree } from './target.ts'

export const modelFormats = ['savedmodel', 'onnx', 'package'] as const
export type ModelFormat = (typeof modelFormats)[number]

/** Reads the description that training stored next to the weights. */
export async function readDescription(workspace: Workspace, run: Id): Promise<ModelDescription> {
  const file = workspace.path(`${runFolder(run)}/model/model.json`)
  return storedAsync(async () => modelDescriptionSchema.parse(JSON.parse(await readFile(file, 'utf8'))))
}

export interface ModelPlace {
  run: Id
  format: ModelFormat
  /** Absolute path of the file or folder to write. */
  to: string
  /** The folder with what the engine wrote. */
  made: string
  /** The names of its files. */
  written: readonly string[]
  manifest: Manifest
}

const manifestFile = 'fanoscope.json'

/** @returns the paths that were written @throws Failure `target-exists`, `disk-full` */
export async function placeModel(workspace: Workspace, place: ModelPlace): Promise<string[]> {
  const { format, to, made, written, manifest, run } = place
  requireFree(to)
  const model = workspace.path(`${runFolder(run)}/model`)
  const notice = await noticeText(manifest.notices)
  const besideMain = [
    { file: exportFiles.memoryOnnx, ending: '-memory' },
    { file: exportFiles.featuresOnnx, ending: '-features' },
  ].filter(({ file }) => written.includes(file))
  if (format === 'onnx') {
    const files = [
      { from: exportFiles.onnx, path: to },
      ...besideMain.map(({ file, ending }) => ({ from: file, path: beside(to, ending, '.onnx') })),
    ]
    const noticePath = beside(to, '', '.NOTICE.txt')
    for (const { path } of files) requireFree(path)
    if (notice !== null) requireFree(noticePath)
    const paths = [...files.map(({ path }) => path), ...(notice === null ? [] : [noticePath])]
    try {
      await storedAsync(async () => {
        for (const { from, path } of files) await copyFileSynced(join(made, from), path)
        if (notice !== null) await writeFileDurably(noticePath, notice)
      })
    } catch (error) {
      // None of them was there before: an export is there as a whole, or not at all.
      for (const path of paths) await rm(path, { force: true })
      throw error
    }
    return paths
  }
  await placeFolder(to, async (folder) => {
    if (format === 'savedmodel') {
      await copyInto(join(made, exportFiles.savedModel), join(folder, exportFiles.savedModel))
      await copyInto(join(made, exportFiles.check), join(folder, exportFiles.check))
      // The folder in which TensorFlow keeps files that belong to a model but not to its graph.
      await writeManifest(join(folder, 'assets.extra'), manifest, {})
      if (notice !== null) await writeFileDurably(join(folder, 'assets.extra', noticeFile), notice)
      return
    }
    await copyInto(join(model, 'weights.safetensors'), join(folder, 'weights.safetensors'))
    await copyInto(join(model, 'model.json'), join(folder, 'model.json'))
    if (format === 'package') {
      await mkdir(join(folder, 'saved_model'))
      await copyInto(join(made, exportFiles.savedModel), join(folder, 'saved_model', exportFiles.savedModel))
      // What a network of a person's own computes cannot always be written as ONNX.
      if (written.includes(exportFiles.onnx)) {
        await copyInto(join(made, exportFiles.onnx), join(folder, exportFiles.onnx))
      }
      for (const { file } of besideMain) await copyInto(join(made, file), join(folder, file))
      await copyInto(join(made, exportFiles.check), join(folder, exportFiles.check))
      if (notice !== null) await writeFileDurably(join(folder, noticeFile), notice)
    }
    await writeManifest(folder, manifest, await hashesOf(folder))
  })
  return [to]
}

const writeManifest = (folder: string, manifest: Manifest, files: Manifest['files']): Promise<void> =>
  writeFileDurably(join(folder, manifestFile), `${JSON.stringify({ ...manifest, files }, null, 2)}\n`)

/** SHA-256 of every file below a folder, by its path with forward slashes. */
export async function hashesOf(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const hashes: Record<string, string> = {}
  for (const entry of entries) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const name = path.slice(folder.length + 1).replaceAll('\\', '/')
    hashes[name] = createHash('sha256')
      .update(await readFile(path))
      .digest('hex')
  }
  return hashes
}

export const removeMade = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true })
