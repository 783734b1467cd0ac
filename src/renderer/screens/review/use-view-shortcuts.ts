/** The keys that change how a part is looked at. */
import { useShortcuts } from '../../data/shortcuts.ts'
import {
  changeOpacity,
  moveSwipe,
  nextLayout,
  nextOpacity,
  nextSwiped,
  type ViewSettings,
} from '../../data/view-settings.ts'
import { zoomStep } from '../../stage/view.ts'

const swipeStep = 0.04
const opacityStep = 0.05

export function useViewShortcuts(
  settings: ViewSettings,
  view: { zoom(factor: number): void; fit(): void; nextSpot(): void },
): void {
  useShortcuts({
    title: 'review.keys.view',
    shortcuts: [
      {
        keys: ['l'],
        label: 'review.keys.layout',
        run: () => {
          settings.layout = nextLayout(settings.layout)
        },
      },
      {
        keys: [','],
        label: 'review.keys.swipeLeft',
        repeat: true,
        run: () => moveSwipe(settings, -swipeStep),
      },
      {
        keys: ['.'],
        label: 'review.keys.swipeRight',
        repeat: true,
        run: () => moveSwipe(settings, swipeStep),
      },
      {
        keys: ['s'],
        label: 'review.keys.against',
        run: () => {
          if (settings.layout === 'swipe') settings.against = nextSwiped(settings.against)
          else settings.layout = 'swipe'
        },
      },
      {
        keys: ['h'],
        label: 'review.keys.heat',
        run: () => {
          settings.heat = !settings.heat
        },
      },
      {
        keys: ['o'],
        label: 'review.keys.opacity',
        run: () => {
          settings.opacity = nextOpacity(settings.opacity)
          settings.heat = true
        },
      },
      {
        keys: ['<'],
        label: 'review.keys.fainter',
        repeat: true,
        run: () => changeOpacity(settings, -opacityStep),
      },
      {
        keys: ['>'],
        label: 'review.keys.stronger',
        repeat: true,
        run: () => changeOpacity(settings, opacityStep),
      },
      {
        keys: ['m'],
        label: 'review.keys.mask',
        run: () => {
          settings.mask = !settings.mask
        },
      },
      {
        keys: ['w'],
        label: 'review.picture.region',
        run: () => {
          settings.region = !settings.region
        },
      },
      {
        keys: ['c'],
        label: 'review.nearest.show',
        run: () => {
          settings.nearest = !settings.nearest
        },
      },
      {
        keys: ['i'],
        label: 'review.nearest.next',
        run: () => {
          settings.nearest = true
          view.nextSpot()
        },
      },
      { keys: ['+', '='], label: 'review.keys.zoomIn', repeat: true, run: () => view.zoom(zoomStep) },
      { keys: ['-'], label: 'review.keys.zoomOut', repeat: true, run: () => view.zoom(1 / zoomStep) },
      { keys: ['f', '0'], label: 'review.keys.fit', run: () => view.fit() },
    ],
  })
}
