/** Folders of this computer, and folders that were dropped on a window. */
import { z } from 'zod'
import { call, none } from './call.ts'

export const folderEntrySchema = z.object({ name: z.string(), path: z.string() })

const endingsSchema = z.array(z.string().regex(/^\w+$/))

export const folderCalls = {
  /** Opens a native dialog if the host has one (`supported` is false in a browser); null when the person cancelled. */
  'folder.choose': call(
    z.object({ title: z.string() }),
    z.object({ supported: z.boolean(), path: z.string().nullable() }),
  ),
  /** The same for a file whose name has one of these endings, given without the dot. */
  'file.choose': call(
    z.object({ title: z.string(), endings: endingsSchema.min(1) }),
    z.object({ supported: z.boolean(), path: z.string().nullable() }),
  ),
  /** Lists subfolders, and files with these endings, for the picker of the browser host. */
  'folder.list': call(
    z.object({ path: z.string().nullable(), endings: endingsSchema.default([]) }),
    z.object({
      path: z.string(),
      parent: z.string().nullable(),
      folders: z.array(folderEntrySchema),
      files: z.array(folderEntrySchema),
      images: z.number().int(),
    }),
  ),
  /**
   * Announces a dropped folder whose path is not known: its files are then sent to the host, see
   * `Bridge.sendDropped`.
   */
  'drop.begin': call(
    z.object({
      name: z.string().min(1).max(255),
      files: z.number().int().min(1),
      bytes: z.number().int().nonnegative(),
    }),
    /** `folder`: the folder to which the files will be written, which can be inspected and imported like any other. */
    z.object({ id: z.string(), folder: z.string() }),
  ),
  /** Removes a dropped folder that is not imported; an imported one is removed at the end of the import. */
  'drop.end': call(z.object({ id: z.string() }), none),
} as const
