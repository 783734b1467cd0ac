/** Reads a batch of files with their masks into the workspace's staging folder. Nothing is in the database after it. */
import type PQueue from 'p-queue'
import { Failure } from '../../../shared/failure.ts'
import type { ImportReport } from '../../../shared/import.ts'
import { message } from '../../../shared/messages/message.ts'
import type { StagedFile } from '../../store/blob-store.ts'
import type { ImportContext } from './import-context.ts'
import { maskKey, type Placement } from './layout.ts'
import { type Reading, readMaskFor, readPhotograph, type StagedMask } from './photograph.ts'
import { placementOf } from './placement.ts'

/** A file with its place in the dataset and, where it has one, its mask. */
export interface Item {
  reading: Reading
  placement: Placement
  mask: StagedMask | null
  warnings: ImportReport['warnings']
}

/** What of the items was staged, to be published or discarded. */
export function stagedFiles(items: readonly Item[]): StagedFile[] {
  return items.flatMap(({ reading, mask }) => [
    ...(reading.kind === 'read' ? [reading.staged] : []),
    ...(mask ? [mask.staged] : []),
  ])
}

function checkCancelled({ signal }: ImportContext): void {
  if (!signal?.aborted) return
  throw new Failure('import-cancelled')
}

/** Reads files at the same time; where one of them stops the import, what is staged is removed. */
export async function readBatch(
  context: ImportContext,
  queue: PQueue,
  files: readonly string[],
  onDone: () => void,
): Promise<Item[]> {
  const results = await Promise.allSettled(
    files.map((file) =>
      queue.add(async () => {
        checkCancelled(context)
        const item = await readItem(context, file)
        onDone()
        return item
      }),
    ),
  )
  const items = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  const failed = results.find((result) => result.status === 'rejected')
  if (failed) {
    for (const staged of stagedFiles(items)) context.workspace.blobs.discard(staged)
    throw failed.reason
  }
  return items
}

async function readItem(context: ImportContext, file: string): Promise<Item> {
  const { workspace, root, dataset, listing } = context
  const placement = placementOf(context, file)
  const reading = await readPhotograph(workspace, dataset.id, root, file)
  const item: Item = { reading, placement, mask: null, warnings: [] }
  const key = maskKey(file, listing.layout)
  const maskFile = listing.masks.get(key)
  context.usedMasks.add(key)
  if (reading.kind === 'refused') return item
  if (reading.kind === 'already' && reading.image.maskSha256 !== null) return item
  if (maskFile === undefined) {
    if (placement.label === 'anomalous' && listing.masks.size > 0) {
      item.warnings.push({ file, ...message('no-mask') })
    }
    return item
  }
  const { width, height } = reading.kind === 'read' ? reading.info : reading.image
  try {
    const mask = await readMaskFor(workspace, root, maskFile, { width, height, label: placement.label, file })
    if ('staged' in mask) {
      item.mask = mask
      for (const note of mask.notes) item.warnings.push({ file: maskFile, ...note })
    } else item.warnings.push({ file: maskFile, ...mask.warning })
    return item
  } catch (error) {
    if (reading.kind === 'read') workspace.blobs.discard(reading.staged)
    throw error
  }
}
