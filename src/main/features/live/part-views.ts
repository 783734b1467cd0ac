/** What several photographs tell of one part, and names of files by which a pattern of views is tried. */
import { readdir } from 'node:fs/promises'
import type { ViewedPart } from '../../../shared/live.ts'
import type { ImageId } from '../../../shared/values.ts'
import type { Session } from '../../session/session.ts'
import type { Database } from '../../store/database.ts'
import { newestFiles, newestWatch, viewedPartWhole } from '../../store/live.ts'
import { viewedPartOfImage } from '../../store/viewed-parts.ts'

/** Names that are shown. */
const shown = 40

export function viewsOfImage({ workspace: { db } }: Session, image: ImageId): { viewed: ViewedPart | null } {
  const id = viewedPartOfImage(db, image)
  return { viewed: id === null ? null : viewedPartWhole(db, id) }
}

/**
 * Names of photographs in a folder, and of those that came to an inspection point.
 * @param folder null for the one that was watched there last
 */
export async function filesAt(db: Database, point: string | null, folder: string | null): Promise<string[]> {
  const watch = point === null ? undefined : newestWatch(db, point)
  const present = await namesIn(folder ?? watch?.folder ?? null)
  const came = watch === undefined ? [] : newestFiles(db, watch.id, shown)
  return [...new Set([...present, ...came])].slice(0, shown).sort()
}

async function namesIn(folder: string | null): Promise<string[]> {
  if (folder === null) return []
  try {
    const names = await readdir(folder)
    return names
      .filter((name) => /\.(png|jpe?g|tiff?|bmp|webp)$/i.test(name))
      .sort()
      .slice(-shown)
  } catch {
    // Away now: those that came before are known.
    return []
  }
}
