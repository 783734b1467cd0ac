/** Cuts out of the shapes of the photograph at hand, parts and merges them. Each is one step of undo. */
import type { Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import type { Shape } from '../../../shared/label.ts'
import { useNoticesStore } from '../../data/notices.ts'
import { type Point, pointAt } from '../../stage/points.ts'
import type { Size } from '../../stage/view.ts'
import { shapeAt } from './shape-geometry.ts'
import { cutOut, merged, split } from './shape-surgery.ts'

export interface SurgerySource {
  shapes: Readonly<Ref<readonly Shape[]>>
  photograph(): Size | null
  selected: Ref<number | null>
  /** Selected beside it. */
  others: Ref<readonly number[]>
  apply(next: readonly Shape[]): void
}

type Typed = Shape & { defectType: string }
const isTyped = (shape: Shape | undefined): shape is Typed => shape !== undefined && shape.defectType !== null

export function useShapeSurgery({ shapes, photograph, selected, others, apply }: SurgerySource) {
  const { t } = useI18n()
  const notices = useNoticesStore()

  /** The places of shapes that may be meant, the likeliest first: what is selected, what is under a point, the rest from above. */
  function* candidates(at: Point | null): Generator<[place: number, shape: Typed]> {
    const under = at === null ? null : shapeAt(shapes.value, at)
    const all = shapes.value.map((_, i) => i).reverse()
    for (const place of new Set([selected.value, under, ...all])) {
      const shape = place === null ? undefined : shapes.value[place]
      if (place !== null && isTyped(shape)) yield [place, shape]
    }
  }

  const tell = (what: string): unknown => notices.tell('info', t(`labeling.${what}`))

  function cut(points: readonly number[]): void {
    const size = photograph()
    if (size === null) return
    for (const [place, shape] of candidates(pointAt(points, 0))) {
      const left = cutOut(shape, points, size)
      if (left === shape) continue
      if (left === null) selected.value = null
      apply(shapes.value.flatMap((known, i) => (i !== place ? [known] : left === null ? [] : [left])))
      return
    }
    tell('nothingCut')
  }

  function part(from: Point, to: Point): void {
    const size = photograph()
    if (size === null) return
    for (const [place, shape] of candidates(null)) {
      const parts = split(shape, [from, to], size)
      if (parts === null) continue
      apply(shapes.value.flatMap((known, i) => (i === place ? parts : [known])))
      selected.value = place
      return
    }
    tell('nothingSplit')
  }

  function merge(): void {
    const size = photograph()
    const places = [selected.value, ...others.value].filter((place) => place !== null)
    const chosen = places.map((place) => shapes.value[place]).filter(isTyped)
    const [first] = chosen
    if (size === null || first === undefined || chosen.length < 2) {
      tell('mergeTwo')
      return
    }
    if (chosen.some(({ defectType }) => defectType !== first.defectType)) {
      tell('mergeTypes')
      return
    }
    const whole = merged(chosen, first.defectType, size)
    const top = Math.max(...places)
    const next = shapes.value.flatMap((known, i) => {
      if (i === top) return whole === null ? [] : [whole]
      return places.includes(i) ? [] : [known]
    })
    apply(next)
    selected.value = whole === null ? null : next.indexOf(whole)
  }

  /** Selects the next shape, or adds it to those that are selected. */
  function selectNext(adds: boolean): void {
    const order = shapes.value.flatMap((shape, i) => (isTyped(shape) ? [i] : []))
    const last = adds ? (others.value.at(-1) ?? selected.value) : selected.value
    const taken = adds ? [selected.value, ...others.value] : []
    const after = order.filter((place) => last === null || place > last)
    const next = [...after, ...order].find((place) => !taken.includes(place))
    if (next === undefined) return
    if (adds && selected.value !== null) others.value = [...others.value, next]
    else {
      selected.value = next
      others.value = []
    }
  }

  return { cut, part, merge, selectNext }
}
