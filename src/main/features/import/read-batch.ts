/** Reads a batch of files with their masks into the workspace's staging folder. Nothing is in the database after it. */
import { join } from 'node:path'
import type PQueue from 'p-queue'
import { Failure } from '../../../shared/failure.ts'
import type { Label } from '../../../shared/image.ts'
import type { ImportReport } from '../../../shared/import.ts'
import type { PlannedPhotograph } from '../../../shared/import-plan.ts'
import { message } from '../../../shared/messages/message.ts'
import type { StagedFile } from '../../store/blob-store.ts'
import { looksLikeMask } from '../layouts/picture-facts.ts'
import type { ImportContext } from './import-context.ts'
import { type Reading, readPhotograph } from './photograph.ts'
import { readMasksFor, type StagedMask } from './photograph-masks.ts'
import { type Placement, placementOf } from './placement.ts'

/** A file with its place in the dataset and, where it has one, its mask. */
export interface Item {
  /** `mask`: by its name and its pixels a mask, which belongs to no photograph. */
  reading: Reading | { kind: 'mask'; file: string }
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
  photographs: readonly PlannedPhotograph[],
  onDone: () => void,
): Promise<Item[]> {
  const results = await Promise.allSettled(
    photographs.map((planned) =>
      queue.add(async () => {
        checkCancelled(context)
        const item = await readItem(context, planned)
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

async function readItem(context: ImportContext, planned: PlannedPhotograph): Promise<Item> {
  const { workspace, root, dataset, rule } = context
  const { file, masks, label } = planned
  const known: Label | null = label === 'from-mask' ? null : label
  const isMask = planned.maskLike && (await looksLikeMask(join(root, file)))
  const reading = isMask
    ? { kind: 'mask' as const, file }
    : await readPhotograph(workspace, dataset.id, root, file, context.range)
  const item: Item = {
    reading,
    placement: placementOf(planned, known ?? 'unlabeled', rule),
    mask: null,
    warnings: [],
  }
  if (reading.kind === 'refused' || reading.kind === 'mask') return item
  if (reading.kind === 'already' && reading.image.maskSha256 !== null) return item
  if (masks.length === 0) {
    if (label === 'anomalous' && context.hasMasks) item.warnings.push({ file, ...message('no-mask') })
    return item
  }
  const { width, height } = reading.kind === 'read' ? reading.info : reading.image
  try {
    const { mask, isRead, warnings } = await readMasksFor(
      workspace,
      root,
      masks,
      {
        file,
        width,
        height,
        label,
        defectType: planned.defectType,
      },
      context.classes,
    )
    item.warnings.push(...warnings)
    item.mask = mask
    // An empty mask says that the photograph is good; one that cannot be read says nothing.
    const byMask: Label = mask !== null ? 'anomalous' : isRead ? 'normal' : 'unlabeled'
    if (known === null) item.placement = placementOf(planned, byMask, rule)
    return item
  } catch (error) {
    if (reading.kind === 'read') workspace.blobs.discard(reading.staged)
    throw error
  }
}
