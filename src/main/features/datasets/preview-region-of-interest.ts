/** Applies a region of interest to some photographs, so that a person can check it before it is set. */
import type { Image } from '../../../shared/image.ts'
import type { RegionOfInterest, RegionOfInterestPreview } from '../../../shared/region-of-interest.ts'
import type { ImageId } from '../../../shared/values.ts'
import { decodeImage } from '../../images/decode.ts'
import { type Inside, insideAt, insideOf, runsOf, shareOf } from '../../images/region-of-interest.ts'
import { findImage } from '../../store/images.ts'
import type { Workspace } from '../../store/workspace.ts'

/** Longer side of a preview, in pixels. */
const shownSide = 256

export interface RegionOfInterestPreviewRequest {
  region: RegionOfInterest
  images: readonly ImageId[]
  /** Number of channels that the networks would see; the part is found with the same channels. */
  channels: 1 | 3
}

/** @throws Failure `image-unknown`; refusals of `decodeImage` */
export async function previewRegionOfInterest(
  workspace: Workspace,
  { region, images, channels }: RegionOfInterestPreviewRequest,
): Promise<RegionOfInterestPreview[]> {
  const previews: RegionOfInterestPreview[] = []
  for (const id of images) {
    const inside = await insideOfImage(workspace, findImage(workspace.db, id), region, channels)
    previews.push({
      image: id,
      inside: inside && runsOf(inside),
      share: inside === null ? 1 : shareOf(inside),
    })
  }
  return previews
}

async function insideOfImage(
  workspace: Workspace,
  image: Image,
  region: RegionOfInterest,
  channels: 1 | 3,
): Promise<Inside | null> {
  if (region.kind === 'none') return null
  const small = smaller(image)
  // A drawn region does not depend on the pixels.
  if (region.kind === 'drawn') return insideOf(region, { ...small, channels: 1, data: [] })
  const decoded = await decodeImage(workspace.blobs.path(image.sha256, image.format), { channels })
  const inside = insideOf(region, decoded)
  return inside && { ...small, data: insideAt(inside, small.width, small.height) }
}

function smaller({ width, height }: Image): { width: number; height: number } {
  const factor = Math.min(1, shownSide / Math.max(width, height))
  return { width: Math.max(1, Math.round(width * factor)), height: Math.max(1, Math.round(height * factor)) }
}
