/** Keeps the stage in step with the photograph at hand, its shapes, the tool and the look that were chosen. */
import { computed, onBeforeUnmount, type Ref, ref, shallowRef, watch } from 'vue'
import { assetPath } from '../../../shared/asset-path.ts'
import type { GridImage } from '../../../shared/dataset.ts'
import type { FailureData } from '../../../shared/failure.ts'
import type { Shape, Verdict } from '../../../shared/label.ts'
import { message } from '../../../shared/messages/message.ts'
import { assetUrl } from '../../bridge.ts'
import { reasonOf } from '../../failure.ts'
import { useStage } from '../../ui/use-stage.ts'
import type { Pen } from './draft.ts'
import { createLabelStage } from './label-stage.ts'
import type { useAnnotation } from './use-annotation.ts'
import type { useDefectTypes } from './use-defect-types.ts'
import { useShapeSurgery } from './use-shape-surgery.ts'

export interface LabelStageSource {
  container: Readonly<Ref<HTMLDivElement | null>>
  image: Readonly<Ref<GridImage | null>>
  /** Belongs to a frozen validation set, and stays as it is. */
  isFrozen: Readonly<Ref<boolean>>
  annotation: ReturnType<typeof useAnnotation>
  types: ReturnType<typeof useDefectTypes>
  tool: Readonly<Ref<Pen['tool']>>
  /** Of the smart brush. */
  tolerance: Ref<number>
  /** Of brush and eraser, in pixels of the photograph. */
  size: Readonly<Ref<number>>
  /** Of the shapes, in percent. */
  opacity: Readonly<Ref<number>>
  /** CSS filter of the photograph. */
  tone: Readonly<Ref<string>>
}

export function useLabelStage(source: LabelStageSource) {
  const { annotation, image, types } = source
  const { shapes } = annotation
  const scale = ref(1)
  /** Of the polygon that is being drawn. */
  const corners = ref(0)
  const selected = ref<number | null>(null)
  /** Selected beside it. */
  const others = ref<readonly number[]>([])
  const failure = ref<FailureData | null>(null)
  /** The image whose photograph is on the stage. */
  const onStage = ref<number | null>(null)
  /** Shapes of the image that was on screen before this one. */
  const previous = shallowRef<readonly Shape[]>([])
  let turn = 0

  /** While the next image is loaded the one before is still shown; what would be drawn then belongs to neither. */
  const isReady = computed(
    () =>
      image.value !== null && onStage.value === image.value.id && annotation.image.value === image.value.id,
  )

  const isFixed = (): boolean => source.isFrozen.value || annotation.damagedMask.value !== null

  function apply(next: readonly Shape[]): void {
    if (!isReady.value) return
    if (isFixed()) showShapes()
    else annotation.apply(next)
  }

  /** A shape that is still computed, of the photograph at hand. */
  function addLater(shape: Promise<Shape | null>): void {
    const file = image.value?.file ?? ''
    const told = shape.catch((thrown: unknown) => {
      failure.value = message('picture-unreadable', { file, reason: reasonOf(thrown) })
      return null
    })
    if (isReady.value && !isFixed()) annotation.addLater(told)
  }

  /** @returns whether it could be said: the photograph is shown, and not in a frozen validation set */
  function say(verdict: Verdict): boolean {
    if (!isReady.value || isFixed()) return false
    annotation.say(verdict)
    return true
  }

  const surgery = useShapeSurgery({ shapes, photograph: () => image.value, selected, others, apply })

  function select(at: number | null, adds: boolean): void {
    if (!adds || at === null || selected.value === null) {
      selected.value = at
      others.value = []
    } else if (others.value.includes(at)) others.value = others.value.filter((place) => place !== at)
    else if (at !== selected.value) others.value = [...others.value, at]
  }

  const stage = useStage(source.container, (element) => {
    const made = createLabelStage(element, {
      add: (shape) => apply([...shapes.value, shape]),
      replace: (at, shape) => apply(shapes.value.map((known, i) => (i === at ? shape : known))),
      select,
      grown: addLater,
      cutOut: surgery.cut,
      split: surgery.part,
      tolerance: (next) => {
        source.tolerance.value = next
      },
      scaled: (next) => {
        scale.value = next
      },
      drawing: (count) => {
        corners.value = count
      },
    })
    made.setColors(types.colorOf)
    made.setOpacity(source.opacity.value / 100)
    made.setPen(pen())
    made.setTone(source.tone.value)
    return made
  })

  const pen = (): Pen => ({
    tool: source.tool.value,
    size: source.size.value,
    tolerance: source.tolerance.value,
    defectType: types.drawn.value,
  })
  const showShapes = (): void => stage.value?.setShapes(shapes.value, selected.value, others.value)
  const showNothing = (): void => stage.value?.show(null, { width: 1, height: 1 })

  async function show(): Promise<void> {
    turn += 1
    const mine = turn
    const shown = image.value
    if (shown === null) {
      showNothing()
      onStage.value = null
      return
    }
    const { id, width, height } = shown
    if (annotation.image.value !== null && annotation.image.value !== id) previous.value = shapes.value
    selected.value = null
    others.value = []
    const picture = new Image()
    picture.src = assetUrl(assetPath.original(id))
    const [opened, undecoded] = await Promise.all([
      annotation.open(id),
      picture.decode().then(() => null, reasonOf),
    ])
    if (mine !== turn) return
    failure.value =
      undecoded === null ? null : message('picture-unreadable', { file: shown.file, reason: undecoded })
    if (undecoded === null) stage.value?.show(picture, { width, height })
    else showNothing()
    onStage.value = id
    if (opened) showShapes()
  }

  watch(() => image.value?.id, show)
  watch([source.tool, source.size, source.tolerance, types.drawn], () => stage.value?.setPen(pen()))
  watch(source.tone, (tone) => stage.value?.setTone(tone))
  watch(source.opacity, (percent) => stage.value?.setOpacity(percent / 100))
  watch(types.shown, () => stage.value?.setColors(types.colorOf), { deep: true })
  // Before what is selected is shown: of other shapes nothing is known.
  watch(shapes, () => {
    others.value = []
    if (selected.value !== null && selected.value >= shapes.value.length) selected.value = null
  })
  watch([shapes, selected, others], () => {
    if (isReady.value) showShapes()
  })
  onBeforeUnmount(() => {
    turn += 1
  })

  return { stage, scale, corners, selected, others, surgery, failure, isReady, previous, apply, say }
}
