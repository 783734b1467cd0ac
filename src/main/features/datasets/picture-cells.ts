import { z } from 'zod'
import type { Image } from '../../../shared/image.ts'
import { pictureCells } from '../../images/likeness.ts'
import { whiteLevel } from '../../store/white-levels.ts'
import type { Workspace } from '../../store/workspace.ts'

const storedCells = z.object({
  cells: z.instanceof(Uint8Array).transform((bytes) => new Uint16Array(Uint8Array.from(bytes).buffer)),
})

/**
 * The description of what a photograph looks like (see `images/likeness.ts`). It is computed once and then stored in
 * the workspace.
 * @throws ImageRefusal as `decodeImage`
 */
export async function cellsOf({ db, blobs }: Workspace, image: Image): Promise<Uint16Array> {
  const { sha256, format, datasetId, bitDepth } = image
  const stored = db.get(storedCells, 'SELECT cells FROM picture_cells WHERE sha256 = $sha256', { sha256 })
  if (stored !== undefined) return stored.cells
  const white = bitDepth === 16 ? whiteLevel(db, datasetId, 16) : undefined
  const cells = await pictureCells(blobs.path(sha256, format), white)
  db.run('INSERT OR IGNORE INTO picture_cells (sha256, cells) VALUES ($sha256, $cells)', {
    sha256,
    cells: new Uint8Array(cells.buffer, cells.byteOffset, cells.byteLength),
  })
  return cells
}
