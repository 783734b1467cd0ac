/**
 * Writes Pascal VOC: an XML document for each photograph in `Annotations`, with the box of each object and its outline, as
 * LabelMe's server has it; and a picture of the classes in `SegmentationClass`, with the colors that `labelmap.txt` lists.
 */
import { basename, dirname } from 'node:path'
import sharp from 'sharp'
import { ignoredType, type Shape } from '../../../shared/label.ts'
import { rasterize } from '../../../shared/rasterize.ts'
import { vocColor } from '../../images/mask-classes.ts'
import { boxAround, type MaskPolygon } from './mask-polygons.ts'

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const element = (name: string, content: string | number): string =>
  `<${name}>${typeof content === 'number' ? content : escaped(content)}</${name}>`

export interface VocPhotograph {
  file: string
  width: number
  height: number
  channels: number
}

export function vocDocument(
  { file, width, height, channels }: VocPhotograph,
  polygons: readonly MaskPolygon[],
): string {
  const folder = dirname(file)
  return [
    '<annotation>',
    `  ${element('folder', folder === '.' ? '' : folder)}`,
    `  ${element('filename', basename(file))}`,
    `  <size>${element('width', width)}${element('height', height)}${element('depth', channels)}</size>`,
    `  ${element('segmented', 1)}`,
    ...polygons.map((polygon) => `  ${objectText(polygon)}`),
    '</annotation>\n',
  ].join('\n')
}

function objectText(polygon: MaskPolygon): string {
  const { left, top, right, bottom } = boxAround(polygon)
  const corners = Array.from({ length: polygon.points.length / 2 }, (_, i) => {
    const [x = 0, y = 0] = polygon.points.slice(i * 2, i * 2 + 2)
    return `<pt>${element('x', x)}${element('y', y)}</pt>`
  })
  const box = [
    element('xmin', Math.floor(left)),
    element('ymin', Math.floor(top)),
    element('xmax', Math.ceil(right)),
    element('ymax', Math.ceil(bottom)),
  ]
  return `<object>${element('name', polygon.defectType)}${element('difficult', 0)}<bndbox>${box.join('')}</bndbox><polygon>${corners.join('')}</polygon></object>`
}

/** The pictures of the classes of all photographs, in colors that belong to the types of the data set. */
export function vocClasses() {
  const types: string[] = []
  return {
    async picture(shapes: readonly Shape[], width: number, height: number): Promise<Buffer> {
      const raster = rasterize(shapes, width, height)
      const colors = raster.types.map((type) => {
        if (type === ignoredType) return null
        const known = types.indexOf(type)
        return vocColor((known >= 0 ? known : types.push(type) - 1) + 1)
      })
      const samples = new Uint8Array(width * height * 3)
      for (const [i, value] of raster.data.entries()) {
        const color = colors[value - 1]
        if (color) samples.set(color, i * 3)
      }
      return sharp(samples, { raw: { width, height, channels: 3 } })
        .png({ compressionLevel: 6 })
        .toBuffer()
    },
    /** In the form of CVAT. A colon ends a name there. */
    list: (): string =>
      [
        '# label:color_rgb:parts:actions',
        'background:0,0,0::',
        ...types.map((type, i) => `${type.replaceAll(':', '_')}:${vocColor(i + 1).join(',')}::`),
        '',
      ].join('\n'),
  }
}
