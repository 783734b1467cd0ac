/** How a person likes to look at parts. Remembered for this station, not for one workspace. */
import { reactive, watch } from 'vue'
import { z } from 'zod'
import { call } from '../../bridge.ts'
import { settingKeeper } from '../../data/setting-keeper.ts'
import { colorMapNames } from '../../heatmap/colormap.ts'

export const layouts = ['overlay', 'side', 'swipe', 'four'] as const
/** What the photograph is swiped against. */
export const swipedPanes = ['overlay', 'residual', 'reconstruction'] as const

export const viewSettingsSchema = z.object({
  layout: z.enum(layouts).catch('side'),
  /** Where the photograph ends and the other picture begins, as a share of the width. */
  swipe: z.number().min(0).max(1).catch(0.5),
  against: z.enum(swipedPanes).catch('overlay'),
  heat: z.boolean().catch(true),
  /** Of the heat map over the photograph, 0 to 1. */
  opacity: z.number().min(0).max(1).catch(0.7),
  /** A line around what is at least as hot as the threshold. */
  region: z.boolean().catch(true),
  colorMap: z.enum(colorMapNames).catch('inferno'),
  /** Ground truth by pixel; off at each start, since it gives the answer away. */
  mask: z.boolean().catch(false),
})
export type ViewSettings = z.infer<typeof viewSettingsSchema>

const key = 'ui.review.view'
const opacitySteps = [0.25, 0.5, 0.75, 1] as const

/** The next opacity of the key that goes round. */
export const nextOpacity = (opacity: number): number =>
  opacitySteps.find((step) => step > opacity + 0.001) ?? opacitySteps[0]

export const nextLayout = (layout: ViewSettings['layout']): ViewSettings['layout'] =>
  layouts[(layouts.indexOf(layout) + 1) % layouts.length] ?? 'overlay'

export const nextSwiped = (against: ViewSettings['against']): ViewSettings['against'] =>
  swipedPanes[(swipedPanes.indexOf(against) + 1) % swipedPanes.length] ?? 'overlay'

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
    // A preference that cannot be read costs nothing but a click.
  }
  watch(settings, ({ mask: _, ...kept }) => keep(kept))
}
