/** Folders of this computer, and folders that were dropped on a window. */
import { z } from 'zod'
import { call, none } from './call.ts'

export const folderEntrySchema = z.object({ name: z.string(), path: z.string() })

export const folderCalls = {
  /** A native dialog where the host has one; null when the person cancelled; `supported` false in a browser. */
  'folder.choose': call(
    z.object({ title: z.string() }),
    z.object({ supported: z.boolean(), path: z.string().nullable() }),
  ),
  /** Subfolders, for the folder picker of the browser host. */
  'folder.list': call(
    z.object({ path: z.string().nullable() }),
    z.object({
      path: z.string(),
      parent: z.string().nullable(),
      folders: z.array(folderEntrySchema),
      images: z.number().int(),
    }),
  ),
  /** A folder that was dropped where its path is not known: its files are sent to the host, see `Bridge.sendDropped`. */
  'drop.begin': call(
    z.object({
      name: z.string().min(1).max(255),
      files: z.number().int().min(1),
      bytes: z.number().int().nonnegative(),
    }),
    /** `folder`: where the files will lie, to be looked at and imported like any other. */
    z.object({ id: z.string(), folder: z.string() }),
  ),
  /** Takes it away, where it is not imported; what is imported is taken away at the end of the import. */
  'drop.end': call(z.object({ id: z.string() }), none),
} as const
