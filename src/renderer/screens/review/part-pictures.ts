/** All pictures that the stage shows of a part, decoded and colored. */
import { assetPath } from '../../../shared/asset-path.ts'
import type { Param } from '../../../shared/messages/message.ts'
import type { ReviewItem } from '../../../shared/review.ts'
import { assetUrl } from '../../bridge.ts'
import { readAnomalyMap } from '../../data/anomaly-map.ts'
import { regionOfInterestLines } from '../../data/region-of-interest.ts'
import { reasonOf } from '../../failure.ts'
import { colorMap } from '../../heatmap/colorer.ts'
import type { ColorMapName } from '../../heatmap/colormap.ts'
import { type FlaggedRegions, flaggedOutline } from './flagged-outline.ts'
import { comparesPlaces, type Spot, spotsOf } from './map-spots.ts'
import { lineWidth, maskOutline } from './mask-outline.ts'

export interface PartPictures {
  photograph: ImageBitmap
  reconstruction: ImageBitmap | null
  /** |x - G(E(x))|, opaque. */
  residual: ImageBitmap | null
  /** The same, transparent where its values are low. */
  overlay: ImageBitmap | null
  /** Lines around what ground truth says is defective. */
  mask: ImageBitmap | null
  /** Lines around the region of interest, where the run has one. */
  regionOfInterest: ImageBitmap | null
  /** Lines around the flagged regions of the map. */
  flaggedOutline: ImageBitmap | null
  /** Their sizes; null without a map. */
  flaggedRegions: FlaggedRegions | null
  /** Where the map is strongest; none where nothing was compared with them. */
  spots: readonly Spot[]
  /** Why something besides the photograph is missing although it should be there; null where all is well. */
  problem: Param | null
}

async function bitmap(path: string, signal: AbortSignal): Promise<ImageBitmap> {
  const response = await fetch(assetUrl(path), { signal })
  if (!response.ok) throw new Error(`${path}: ${response.status} ${response.statusText}`)
  return createImageBitmap(await response.blob())
}

/** Rejects where the photograph cannot be loaded; `problem` says what else could not be. */
export async function loadPart(
  run: string,
  item: Pick<
    ReviewItem,
    'image' | 'hasMap' | 'hasReconstruction' | 'hasMask' | 'width' | 'height' | 'components'
  >,
  colors: { colorMap: ColorMapName; fullScale: number; threshold: number },
  signal: AbortSignal,
): Promise<PartPictures> {
  const heat = async () => {
    const map = await readAnomalyMap(run, item.image, signal)
    if (map === null) throw new Error(`${assetPath.map(run, item.image)} could not be read.`)
    const { regions, lines } = flaggedOutline(map, colors.threshold)
    const [residual, overlay, outline] = await Promise.all([
      colorMap(map, { ...colors, overlay: false }),
      colorMap(map, { ...colors, overlay: true }),
      lines && createImageBitmap(new ImageData(lines.data, lines.width, lines.height)),
    ])
    const spots = comparesPlaces(item) ? spotsOf(map, colors.threshold) : []
    return { residual, overlay, flaggedOutline: outline, flaggedRegions: regions, spots }
  }
  const [photograph, ...rest] = await Promise.allSettled([
    bitmap(assetPath.original(item.image), signal),
    item.hasReconstruction ? bitmap(assetPath.reconstruction(run, item.image), signal) : null,
    item.hasMap ? heat() : null,
    item.hasMask ? truthOutline(item.image, signal) : null,
    regionOfInterestLines(run, item.image, item),
  ])
  const [reconstruction, maps, mask, regionOfInterest] = rest
  const { flaggedRegions, spots, ...heatPictures } = settledValue(maps) ?? {
    residual: null,
    overlay: null,
    flaggedOutline: null,
    flaggedRegions: null,
    spots: [],
  }
  const others = {
    reconstruction: settledValue(reconstruction),
    ...heatPictures,
    mask: settledValue(mask),
    regionOfInterest: settledValue(regionOfInterest),
  }
  if (photograph.status === 'rejected' || signal.aborted) {
    for (const picture of [settledValue(photograph), ...Object.values(others)]) picture?.close()
    throw photograph.status === 'rejected' ? photograph.reason : signal.reason
  }
  const failed = rest.find((result) => result.status === 'rejected')
  return {
    photograph: photograph.value,
    ...others,
    flaggedRegions,
    spots,
    problem: failed === undefined ? null : reasonOf(failed.reason),
  }
}

const settledValue = <T>(result: PromiseSettledResult<T>): T | null =>
  result.status === 'fulfilled' ? result.value : null

async function truthOutline(image: number, signal: AbortSignal): Promise<ImageBitmap> {
  const picture = await bitmap(assetPath.mask(image), signal)
  const { width, height } = picture
  const canvas = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })
  if (canvas === null) throw new Error('This window cannot draw on a canvas.')
  canvas.drawImage(picture, 0, 0)
  picture.close()
  const mask = canvas.getImageData(0, 0, width, height)
  return createImageBitmap(new ImageData(maskOutline(mask, lineWidth(width, height)), width, height))
}

export function disposePart(pictures: PartPictures): void {
  pictures.photograph.close()
  pictures.reconstruction?.close()
  pictures.residual?.close()
  pictures.overlay?.close()
  pictures.mask?.close()
  pictures.regionOfInterest?.close()
  pictures.flaggedOutline?.close()
}
