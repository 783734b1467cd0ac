/** Photographs and heat maps of a report's gallery, small enough for a page. */
import { readFile } from 'node:fs/promises'
import { interpolateInferno } from 'd3-scale-chromatic'
import sharp from 'sharp'
import { elementAt } from '../../../shared/element-at.ts'
import { failureDocument } from '../../../shared/failure.ts'
import { readAnomalyMapSamples } from '../../images/anomaly-map.ts'
import { decodeImage } from '../../images/decode.ts'
import { findImage } from '../../store/images.ts'
import { whiteLevel } from '../../store/white-levels.ts'
import type { Workspace } from '../../store/workspace.ts'
import type { ReportPart } from './content.ts'

/** Longer side in pixels. */
const side = 300
const quality = 80

const colors = Array.from({ length: 256 }, (_, i) => {
  const color = interpolateInferno(i / 255)
  const value = Number.parseInt(color.slice(1), 16)
  return [value >> 16, (value >> 8) & 255, value & 255] as const
})

export interface PartPictures {
  /** JPEG; null where the photograph cannot be read (see `problem`). */
  photograph: Buffer | null
  /** JPEG; null where there is no map. */
  heat: Buffer | null
  /** Why a picture is missing; the report is written nevertheless. */
  problem: string | null
}

export async function partPictures(
  workspace: Workspace,
  part: ReportPart,
  mapScale: number,
): Promise<PartPictures> {
  try {
    const image = findImage(workspace.db, part.image)
    const { data, width, height, channels, bitDepth } = await decodeImage(
      workspace.blobs.path(image.sha256, image.format),
    )
    const white = bitDepth === 16 ? whiteLevel(workspace.db, image.datasetId, 16) : 255
    const samples = new Uint8Array(data.length)
    for (let i = 0; i < samples.length; i++) {
      samples[i] = Math.min(255, (elementAt(data, i, 'photograph') * 255) / white)
    }
    return {
      photograph: await jpeg(samples, width, height, channels),
      heat: part.mapFile === null ? null : await heatMap(workspace.path(part.mapFile), mapScale),
      problem: null,
    }
  } catch (error) {
    return { photograph: null, heat: null, problem: failureDocument(error).message }
  }
}

async function heatMap(file: string, mapScale: number): Promise<Buffer> {
  const { samples, scale, width, height } = await readAnomalyMapSamples(await readFile(file))
  const pixels = new Uint8Array(width * height * 3)
  const factor = (255 * scale) / (65_535 * mapScale)
  for (const [i, sample] of samples.entries()) {
    pixels.set(elementAt(colors, Math.min(255, Math.round(sample * factor)), 'colors'), i * 3)
  }
  return jpeg(pixels, width, height, 3)
}

const jpeg = (samples: Uint8Array, width: number, height: number, channels: 1 | 3): Promise<Buffer> =>
  sharp(samples, { raw: { width, height, channels } })
    .resize(side, side, { fit: 'inside', withoutEnlargement: true })
    .toColourspace('srgb')
    .jpeg({ quality })
    .toBuffer()
