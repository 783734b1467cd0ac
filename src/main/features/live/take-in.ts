/** Takes a photograph that is complete into the workspace and queues it for the engine. */

import { join } from 'node:path'
import type { Image } from '../../../shared/image.ts'
import type { LivePart } from '../../../shared/live.ts'
import type { Message } from '../../../shared/messages/message.ts'
import { refusalMessage } from '../../images/refusal.ts'
import { addBlob, addImage, imageByHash } from '../../store/images.ts'
import { linkPart } from '../../store/live.ts'
import { isCleared, markBack } from '../../store/live-pictures.ts'
import { readPhotograph } from '../import/photograph.ts'
import { feedEngine } from './feed-engine.ts'
import { refusePart } from './judge-parts.ts'
import type { WatchedLine } from './watched-line.ts'

/** A photograph cut off in the middle may still be on its way for so long, in milliseconds. */
const patience = 5000

/** Takes a photograph into the workspace and gives it to the engine; what cannot be read is told as that. */
export async function takeIn(line: WatchedLine, part: LivePart): Promise<void> {
  const { db } = line.session.workspace
  let { image } = part
  if (image === null) {
    const taken = await importPart(line, part)
    if (typeof taken === 'object') {
      refusePart(line, part.id, taken)
      return
    }
    image = taken
    linkPart(db, part.id, image)
  }
  line.queue.push(image)
  feedEngine(line)
}

/** The image's number, or why it is none. */
async function importPart(line: WatchedLine, part: LivePart): Promise<number | Message> {
  const { session, watch, importId, context } = line
  const { workspace } = session
  const { db, blobs } = workspace
  const since = performance.now()
  for (;;) {
    const reading = await readPhotograph(workspace, watch.datasetId, watch.folder, part.file)
    if (reading.kind === 'already') return presentImage(line, reading.image, part)
    if (reading.kind === 'refused') {
      const { refusal } = reading
      if (refusal.code !== 'truncated' || performance.now() - since > patience || context.signal.aborted)
        return refusalMessage(refusal)
      await new Promise((resolve) => setTimeout(resolve, patience / 10))
      continue
    }
    const { staged, info } = reading
    const known = imageByHash(db, watch.datasetId, staged.sha256)
    if (known) {
      blobs.discard(staged)
      return presentImage(line, known, part)
    }
    const publication = blobs.publish([{ staged, format: info.format }])
    try {
      const id = db.transaction(() => {
        addBlob(db, { sha256: staged.sha256, bytes: staged.bytes, format: info.format })
        return addImage(db, {
          datasetId: watch.datasetId,
          importId,
          sha256: staged.sha256,
          file: part.file,
          width: info.width,
          height: info.height,
          channels: info.channels,
          bitDepth: info.bitDepth,
          peak: info.peak,
          gray: info.gray,
          split: 'test',
          label: 'unlabeled',
          defectType: null,
          maskSha256: null,
          partGroup: null,
          warnings: info.warnings,
        })
      })
      publication.confirm()
      return id
    } catch (error) {
      publication.undo()
      throw error
    }
  }
}

/** An image whose photograph was cleared away has it again, now that the same has come. */
function presentImage({ session, watch }: WatchedLine, image: Image, { file }: LivePart): number {
  const { db, blobs } = session.workspace
  if (!isCleared(db, image.sha256)) return image.id
  const staged = blobs.stage(join(watch.folder, file))
  const publication = blobs.publish([{ staged, format: image.format }])
  try {
    db.transaction(() => {
      addBlob(db, { sha256: image.sha256, bytes: staged.bytes, format: image.format })
      markBack(db, image.id)
    })
    publication.confirm()
    return image.id
  } catch (error) {
    publication.undo()
    throw error
  }
}
