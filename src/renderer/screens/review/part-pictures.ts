/** Everything that the stage shows of a part, decoded and colored, ready to be painted. */
import { assetPath } from '../../../shared/asset-path.ts'
import type { ReviewItem } from '../../../shared/contract.ts'
import { assetUrl } from '../../bridge.ts'
import { colorMap } from '../../heatmap/colorer.ts'
import type { ColorMapName } from '../../heatmap/colormap.ts'
import { parseRawMap } from '../../heatmap/raw-map.ts'

export interface PartPictures {
  photograph: ImageBitmap
  reconstruction: ImageBitmap | null
  /** |x - G(E(x))|, opaque. */
  residual: ImageBitmap | null
  /** The same, transparent where cold. */
  overlay: ImageBitmap | null
}

async function fetchAsset(path: string, signal: AbortSignal): Promise<Response> {
  const response = await fetch(assetUrl(path), { signal })
  if (!response.ok) throw new Error(`${path}: ${response.status} ${response.statusText}`)
  return response
}

async function bitmap(path: string, signal: AbortSignal): Promise<ImageBitmap> {
  const response = await fetchAsset(path, signal)
  return createImageBitmap(await response.blob())
}

export async function loadPart(
  run: string,
  item: Pick<ReviewItem, 'image' | 'hasMap'>,
  colors: { colorMap: ColorMapName; fullScale: number },
  signal: AbortSignal,
): Promise<PartPictures> {
  const photograph = bitmap(assetPath.original(item.image), signal)
  if (!item.hasMap)
    return { photograph: await photograph, reconstruction: null, residual: null, overlay: null }
  const heat = async () => {
    const response = await fetchAsset(assetPath.map(run, item.image), signal)
    const map = parseRawMap(await response.arrayBuffer())
    return Promise.all([
      colorMap(map, { ...colors, overlay: false }),
      colorMap(map, { ...colors, overlay: true }),
    ])
  }
  const [photo, reconstruction, [residual, overlay]] = await Promise.all([
    photograph,
    bitmap(assetPath.reconstruction(run, item.image), signal),
    heat(),
  ])
  return { photograph: photo, reconstruction, residual, overlay }
}

export function disposePart(pictures: PartPictures): void {
  pictures.photograph.close()
  pictures.reconstruction?.close()
  pictures.residual?.close()
  pictures.overlay?.close()
}
