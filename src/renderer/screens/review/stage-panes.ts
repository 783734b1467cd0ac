/** Which pictures stand in which pane for a layout, and how solid each is. */

import type { ViewSettings } from '../../data/view-settings.ts'
import type { Pane, PictureLayer } from '../../stage/picture-stage.ts'
import type { PartPictures } from './part-pictures.ts'

/** A pane's id is also the end of the message key of its caption. */
const paneIds = ['photograph', 'reconstruction', 'residual', 'overlay'] as const
export type PaneId = (typeof paneIds)[number]

const paneOrder: Record<
  ViewSettings['layout'],
  (settings: Pick<ViewSettings, 'against'>) => readonly PaneId[]
> = {
  overlay: () => ['overlay'],
  side: () => ['photograph', 'overlay'],
  swipe: ({ against }) => ['photograph', against],
  four: () => paneIds,
}

/** A picture that is missing, such as the map of a run without maps, gets no pane. The photograph always has one. */
export function panesOf(
  pictures: PartPictures,
  settings: Pick<ViewSettings, 'layout' | 'against' | 'heat' | 'opacity' | 'mask' | 'region'>,
  mark: CanvasImageSource | null = null,
): Pane[] {
  const { photograph, reconstruction, residual, overlay, mask } = pictures
  const truth = opaque(settings.mask ? mask : null)
  const regionOfInterest = opaque(pictures.regionOfInterest)
  const flagged = opaque(settings.region ? pictures.flaggedOutline : null)
  const stacks: Record<PaneId, CanvasImageSource[]> = {
    photograph: [photograph],
    reconstruction: reconstruction === null ? [] : [reconstruction],
    residual: residual === null ? [] : [residual],
    overlay: overlay === null ? [] : [photograph, overlay],
  }
  const ids = paneOrder[settings.layout](settings).filter((id) => stacks[id].length > 0)
  return (ids.length > 0 ? ids : (['photograph'] as const)).map((id) => ({
    id,
    layers: [
      ...stacks[id].map((source) => ({
        source,
        opacity: source === overlay ? (settings.heat ? settings.opacity : 0) : 1,
      })),
      ...regionOfInterest,
      ...(id === 'overlay' ? flagged : []),
      ...truth,
      ...opaque(mark),
    ],
  }))
}

const opaque = (source: CanvasImageSource | null): PictureLayer[] =>
  source === null ? [] : [{ source, opacity: 1 }]
