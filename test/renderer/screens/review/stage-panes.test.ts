import { describe, expect, it } from 'vitest'
import { layouts } from '../../../../src/renderer/data/view-settings.ts'
import type { PartPictures } from '../../../../src/renderer/screens/review/part-pictures.ts'
import { panesOf } from '../../../../src/renderer/screens/review/stage-panes.ts'

const picture = (): ImageBitmap => ({ width: 1, height: 1, close: () => undefined })
const photograph = picture()
const overlay = picture()
const mask = picture()
const flaggedOutline = picture()
const regionOfInterest = picture()
const whole: PartPictures = {
  photograph,
  reconstruction: picture(),
  residual: picture(),
  overlay,
  mask,
  regionOfInterest: null,
  flaggedOutline,
  flaggedRegions: { pixels: 12, largest: 12, count: 1 },
  spots: [],
  problem: null,
}
const settings = {
  layout: 'four',
  against: 'overlay',
  heat: true,
  opacity: 0.6,
  mask: false,
  region: false,
} as const

describe('the panes of a layout', () => {
  it.each([
    ['overlay', ['overlay']],
    ['side', ['photograph', 'overlay']],
    ['swipe', ['photograph', 'overlay']],
    ['four', ['photograph', 'reconstruction', 'residual', 'overlay']],
  ] as const)('%s shows %s', (layout, ids) => {
    expect(panesOf(whole, { ...settings, layout }).map(({ id }) => id)).toEqual(ids)
  })

  it.each(['overlay', 'residual', 'reconstruction'] as const)(
    'swipe the photograph against %s',
    (against) => {
      const panes = panesOf(whole, { ...settings, layout: 'swipe', against })
      expect(panes.map(({ id }) => id)).toEqual(['photograph', against])
    },
  )

  it('lay the heat map over the photograph with the chosen opacity', () => {
    expect(panesOf(whole, { ...settings, layout: 'overlay' })[0]?.layers).toEqual([
      { source: photograph, opacity: 1 },
      { source: overlay, opacity: 0.6 },
    ])
  })

  it('keep the photograph where the heat map is off', () => {
    const [pane] = panesOf(whole, { ...settings, layout: 'overlay', heat: false })
    expect(pane?.layers.map(({ opacity }) => opacity)).toEqual([1, 0])
  })

  it('outline ground truth in every pane on request', () => {
    for (const pane of panesOf(whole, { ...settings, mask: true }))
      expect(pane.layers.at(-1)?.source).toBe(mask)
    for (const pane of panesOf(whole, settings)) expect(pane.layers.at(-1)?.source).not.toBe(mask)
  })

  it('draw around what counts in every pane, where the run leaves something out', () => {
    for (const pane of panesOf({ ...whole, regionOfInterest }, settings)) {
      expect(pane.layers.at(-1)?.source).toBe(regionOfInterest)
    }
  })

  it('draw around what is flagged where the heat map is, and nowhere else', () => {
    const withOutline = panesOf(whole, { ...settings, region: true })
      .filter(({ layers }) => layers.some(({ source }) => source === flaggedOutline))
      .map(({ id }) => id)
    expect(withOutline).toEqual(['overlay'])
  })

  it('show the photograph alone where the run has no maps, whatever the layout', () => {
    const bare: PartPictures = {
      photograph,
      reconstruction: null,
      residual: null,
      overlay: null,
      mask: null,
      regionOfInterest: null,
      flaggedOutline: null,
      flaggedRegions: null,
      spots: [],
      problem: null,
    }
    for (const layout of layouts) {
      expect(panesOf(bare, { ...settings, layout, mask: true })).toEqual([
        { id: 'photograph', layers: [{ source: photograph, opacity: 1 }] },
      ])
    }
  })
})
