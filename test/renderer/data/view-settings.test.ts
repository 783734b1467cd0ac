import { describe, expect, it } from 'vitest'
import {
  layouts,
  nextLayout,
  nextOpacity,
  nextSwiped,
  swipedPanes,
  viewSettingsSchema,
} from '../../../src/renderer/data/view-settings.ts'

describe('the keys that go round', () => {
  it('lead through every opacity and back to the first', () => {
    expect([0, 0.25, 0.3, 0.75, 1].map(nextOpacity)).toEqual([0.25, 0.5, 0.5, 1, 0.25])
  })

  it('lead through every layout', () => {
    expect(layouts.map(nextLayout)).toEqual([...layouts.slice(1), layouts[0]])
  })

  it('lead through everything that the photograph is swiped against', () => {
    expect(swipedPanes.map(nextSwiped)).toEqual([...swipedPanes.slice(1), swipedPanes[0]])
  })
})

describe('remembered settings', () => {
  it('have a default for each that is missing or out of range', () => {
    const defaults = viewSettingsSchema.parse({})
    expect(
      viewSettingsSchema.parse({ layout: 'nine', opacity: 7, colorMap: 'rainbow', heat: 'yes' }),
    ).toEqual(defaults)
    expect(viewSettingsSchema.parse({ opacity: 0.25 })).toEqual({ ...defaults, opacity: 0.25 })
  })

  it('never begin with ground truth on screen', () => {
    expect(viewSettingsSchema.parse({}).mask).toBe(false)
  })
})
