/** How a person likes to look at parts. Remembered for this workstation, whatever workspace is open. */
import { reactive, watch } from 'vue'
import { z } from 'zod'
import { call } from '../bridge.ts'
import { colorMapNames } from '../heatmap/colormap.ts'
import { settingKeeper } from './setting-keeper.ts'

export const layouts = ['overlay', 'side', 'swipe', 'four'] as const
/** The picture that lies beside the photograph in the swipe layout. */
export const swipedPanes = ['overlay', 'residual', 'reconstruction'] as const

export const viewSettingsSchema = z.object({
  layout: z.enum(layouts).catch('side'),
  /** Where the photograph ends and the other picture begins, as a share of the width. */
  swipe: z.number().min(0).max(1).catch(0.5),
  against: z.enum(swipedPanes).catch('overlay'),
  heat: z.boolean().catch(true),
  /** Of the heat map over the photograph, 0 to 1. */
  opacity: z.number().min(0).max(1).catch(0.7),
  /** A line around the flagged regions of the map. Settings are stored under this name, so it is kept. */
  region: z.boolean().catch(true),
  /** The good places that a spot was compared with. */
  nearest: z.boolean().catch(true),
  colorMap: z.enum(colorMapNames).catch('inferno'),
  /** Ground truth by pixel; off at each start, since it gives the answer away. */
  mask: z.boolean().catch(false),
})
export type ViewSettings = z.infer<typeof viewSettingsSchema>

const key = 'ui.review.view'
const opacitySteps = [0.25, 0.5, 0.75, 1] as const

/** The next of a few opacities, and the first after the last. */
export const nextOpacity = (opacity: number): number =>
  opacitySteps.find((step) => step > opacity + 0.001) ?? opacitySteps[0]

export const nextLayout = (layout: ViewSettings['layout']): ViewSettings['layout'] =>
  layouts[(layouts.indexOf(layout) + 1) % layouts.length] ?? 'overlay'

export const nextSwiped = (against: ViewSettings['against']): ViewSettings['against'] =>
  swipedPanes[(swipedPanes.indexOf(against) + 1) % swipedPanes.length] ?? 'overlay'

/** Changes the opacity in whole steps of 5 %, and shows the heat map where it was hidden. */
export function changeOpacity(settings: ViewSettings, by: number): void {
  settings.opacity = share(Math.round((settings.opacity + by) * 20) / 20)
  settings.heat = true
}

/** Moves the line where the photograph ends in whole percents, and changes to the layout that has it. */
export function moveSwipe(settings: ViewSettings, by: number): void {
  if (settings.layout !== 'swipe') settings.layout = 'swipe'
  settings.swipe = share(Math.round((settings.swipe + by) * 100) / 100)
}

export const share = (value: number): number => Math.min(1, Math.max(0, value))

export function useViewSettings(): ViewSettings {
  const settings = reactive(viewSettingsSchema.parse({}))
  void restore(settings, settingKeeper(key))
  return settings
}

async function restore(settings: ViewSettings, keep: (value: unknown) => void): Promise<void> {
  try {
    const { value } = await call('setting.get', { key })
    const stored = viewSettingsSchema.safeParse(value)
    if (stored.success) Object.assign(settings, stored.data, { mask: false })
  } catch {
    // The screen then looks as it does for a new user, which needs no notice.
  }
  watch(settings, ({ mask: _, ...kept }) => keep(kept))
}
