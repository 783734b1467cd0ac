/** Loads the pictures of the part at hand and of those that come next, and shows them on the stage. */
import { onBeforeUnmount, type Ref, ref, shallowRef, watch } from 'vue'
import type { FailureData } from '../../../shared/failure.ts'
import { message, type Param } from '../../../shared/messages/message.ts'
import type { ReviewItem } from '../../../shared/review.ts'
import type { ViewSettings } from '../../data/view-settings.ts'
import { reasonOf } from '../../failure.ts'
import type { PictureStage } from '../../stage/picture-stage.ts'
import type { FlaggedRegions } from './flagged-outline.ts'
import type { Spot } from './map-spots.ts'
import { disposePart, loadPart, type PartPictures } from './part-pictures.ts'
import { createPictureCache } from './picture-cache.ts'
import { shownName } from './shown-name.ts'
import { panesOf } from './stage-panes.ts'

export interface PartAtHand {
  run: string
  item: ReviewItem
  /** Parts that will be here soon, nearest first. */
  upcoming: readonly ReviewItem[]
  /** The map value from which on a pixel is flagged: the middle of the color scale. */
  threshold: number
}

/**
 * @param mark a line around the place that is explained, in the photograph's proportions
 * @param shown is told the part whose pictures are on screen; null while they are loaded
 */
export function usePartPictures(
  part: Readonly<PartAtHand>,
  settings: ViewSettings,
  stage: Readonly<Ref<PictureStage | null>>,
  mark: Readonly<Ref<OffscreenCanvas | null>>,
  shown: (image: number | null) => void,
) {
  const flaggedRegions = shallowRef<FlaggedRegions | null>(null)
  /** Of the part on stage; null while it is loaded. */
  const spots = shallowRef<readonly Spot[] | null>(null)
  const loading = ref(false)
  const failure = ref<FailureData | null>(null)
  let onStage: { image: number; pictures: PartPictures } | null = null
  let expected = new Map<string, ReviewItem>()
  let turn = 0

  const cache = createPictureCache<PartPictures>({
    load: async (key, signal) => {
      const item = expected.get(key)
      if (item === undefined) throw new Error(`No part ${key} is expected on the stage.`)
      const { threshold } = part
      const colors = { colorMap: settings.colorMap, fullScale: threshold * 2, threshold }
      return loadPart(part.run, item, colors, signal)
    },
    dispose: disposePart,
    parallel: 3,
    spare: 4,
  })

  async function show(): Promise<void> {
    turn += 1
    const mine = turn
    const { item } = part
    const key = String(item.image)
    expected = new Map([item, ...part.upcoming].map((one) => [String(one.image), one]))
    failure.value = null
    const ready = cache.peek(key)
    if (ready === null && onStage?.image !== item.image) {
      // The pictures of the part before must not be seen under the name of this one.
      onStage = null
      stage.value?.clear()
      flaggedRegions.value = null
      spots.value = null
      shown(null)
    }
    const loaded = cache.get(key)
    cache.want([...expected.keys()])
    loading.value = ready === null
    try {
      const pictures = ready ?? (await loaded)
      if (mine !== turn) return
      loading.value = false
      onStage = { image: item.image, pictures }
      flaggedRegions.value = pictures.flaggedRegions
      spots.value = pictures.spots
      paint()
      cache.shown(key)
      shown(item.image)
      if (pictures.problem !== null) failure.value = unreadable(pictures.problem, 'incomplete')
    } catch (thrown) {
      if (mine !== turn) return
      loading.value = false
      failure.value = unreadable(reasonOf(thrown))
    }
  }

  /** @param extent which case of the failure it is, where some pictures are there */
  function unreadable(reason: Param, extent?: 'incomplete'): FailureData {
    const file = shownName(part.item, false)
    return message(
      'picture-unreadable',
      extent === undefined ? { file, reason } : { case: extent, file, reason },
    )
  }

  function retry(): void {
    cache.clear()
    void show()
  }

  function paint(): void {
    if (onStage === null) return
    const { width, height } = part.item
    const swipe = settings.layout === 'swipe' ? settings.swipe : null
    stage.value?.show({ width, height }, panesOf(onStage.pictures, settings, mark.value), swipe)
  }

  watch(
    [stage, () => [part.item.image, ...part.upcoming.map(({ image }) => image)].join()],
    () => void show(),
  )
  watch(() => [settings.colorMap, part.threshold], retry)
  watch(
    () => settings.swipe,
    (at) => stage.value?.swipe(at),
  )
  watch(
    () => [
      settings.layout,
      settings.against,
      settings.heat,
      settings.opacity,
      settings.mask,
      settings.region,
      mark.value,
    ],
    paint,
  )
  onBeforeUnmount(() => {
    turn += 1
    cache.shown(null)
    cache.clear()
  })

  return { flaggedRegions, spots, loading, failure, retry }
}
