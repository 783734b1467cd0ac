/**
 * What is drawn on the image at hand and said of it: read, changed with undo, and stored without being asked. A change counts as
 * stored when main has answered; another image is only shown after that.
 */
import { useEventListener, useTimeoutFn } from '@vueuse/core'
import { computed, onBeforeUnmount, ref, shallowRef } from 'vue'
import type { FailureData } from '../../../shared/failure.ts'
import type { SavedAnnotation, Shape, Verdict } from '../../../shared/label.ts'
import { call } from '../../bridge.ts'
import { asFailure } from '../../failure.ts'
import { type Drawing, isSame, opened, retyped, settled, withShapes, withVerdict } from './drawing.ts'
import { beginHistory, change, type History, mapped, redo, replaced, undo } from './history.ts'

/** How long after the last change it is stored, in milliseconds. */
const pause = 600

const nothing = opened([], { label: 'unlabeled', defectType: null })

export interface AnnotationSurroundings {
  operator(): string | null
  /** What is drawn or said of the image has changed, or has just been read. */
  changed(image: number, drawing: Drawing): void
  stored(image: number, drawing: Drawing, answer: SavedAnnotation): void
}

export function useAnnotation(around: AnnotationSurroundings) {
  const image = ref<number | null>(null)
  const history = shallowRef(beginHistory(nothing))
  const state = ref<'loading' | 'saved' | 'changed' | 'saving' | 'failed'>('loading')
  const failure = ref<FailureData | null>(null)
  const saved = shallowRef<SavedAnnotation | null>(null)
  /** The file of its mask that cannot be read any more. Nothing is changed before a person says to draw anew. */
  const damagedMask = ref<string | null>(null)
  const shapes = computed(() => history.value.present.shapes)
  /** Runs that have an anomaly map of the image. */
  const maps = shallowRef<readonly string[]>([])
  /** What was done on each image since the screen was opened, so that it can be undone on coming back. */
  const histories = new Map<number, History<Drawing>>()
  let stored: Drawing = nothing
  let saving: Promise<boolean> | null = null
  let generation = 0
  /** Shapes that are still computed, and will be part of the drawing at hand unless they are given up. */
  const coming = new Set<{ done: Promise<void> }>()
  const { start: storeSoon, stop: dontStore } = useTimeoutFn(() => void flush(), pause, { immediate: false })

  /** @returns whether it is on screen now */
  async function open(next: number): Promise<boolean> {
    generation += 1
    const mine = generation
    if (!(await flush()) || mine !== generation) return false
    if (image.value !== null) histories.set(image.value, history.value)
    image.value = next
    state.value = 'loading'
    failure.value = null
    saved.value = null
    damagedMask.value = null
    history.value = beginHistory(nothing)
    stored = nothing
    maps.value = []
    try {
      const {
        shapes: drawn,
        verdict,
        maps: known,
        damagedMask: damaged,
      } = await call('label.open', { image: next })
      if (mine !== generation) return false
      const kept = histories.get(next)
      // If somebody else changed it, or masks were imported, the history does not lead to these shapes.
      const read = opened(drawn, verdict)
      history.value = kept !== undefined && isSame(kept.present, read) ? kept : beginHistory(read)
      maps.value = known
      damagedMask.value = damaged
      stored = history.value.present
      state.value = 'saved'
      around.changed(next, stored)
      return true
    } catch (thrown) {
      if (mine !== generation) return false
      failure.value = asFailure(thrown)
      state.value = 'failed'
      return false
    }
  }

  function touched(): void {
    dontStore()
    if (image.value !== null) around.changed(image.value, history.value.present)
    if (history.value.present === stored) {
      state.value = 'saved'
      return
    }
    state.value = 'changed'
    storeSoon()
  }

  /** Stores what is not stored yet. @returns whether everything is stored now */
  async function flush(): Promise<boolean> {
    dontStore()
    if (coming.size > 0) await Promise.all(Array.from(coming, ({ done }) => done))
    if (saving !== null) await saving
    if (image.value === null || state.value === 'loading' || history.value.present === stored) return true
    saving = save(image.value, history.value.present)
    const done = await saving
    saving = null
    return done && history.value.present !== stored ? flush() : done
  }

  async function save(id: number, what: Drawing): Promise<boolean> {
    state.value = 'saving'
    try {
      const answer = await call('label.save', {
        image: id,
        shapes: [...what.shapes],
        verdict: what.isSettled ? what.verdict : null,
        unmasked: what.unmasked,
        operator: around.operator(),
      })
      const { label, defectType } = answer
      stored = settled(what, { label, defectType })
      history.value = replaced(history.value, what, stored)
      saved.value = answer
      failure.value = null
      const isPresent = history.value.present === stored
      state.value = isPresent ? 'saved' : 'changed'
      around.stored(id, history.value.present, answer)
      return true
    } catch (thrown) {
      failure.value = asFailure(thrown)
      state.value = 'failed'
      return false
    }
  }

  function take(next: (before: Drawing) => Drawing): void {
    if (state.value === 'loading' || damagedMask.value !== null) return
    history.value = change(history.value, next(history.value.present))
    touched()
  }

  /** Adds a shape once it is computed. What is done until then comes before it. */
  function addLater(shape: Promise<Shape | null>): void {
    const mine = {
      done: shape.then((computed) => {
        if (!coming.delete(mine) || computed === null) return
        take((before) => withShapes(before, [...before.shapes, computed]))
      }),
    }
    coming.add(mine)
  }

  // A window that is hidden may be closed next.
  useEventListener(document, 'visibilitychange', () => {
    if (document.visibilityState === 'hidden') void flush()
  })
  onBeforeUnmount(() => void flush())

  return {
    image,
    shapes,
    maps,
    state,
    failure,
    saved,
    damagedMask,
    canUndo: computed(() => history.value.past.length > 0),
    canRedo: computed(() => history.value.future.length > 0),
    open,
    flush,
    apply: (shapes: readonly Shape[]) => take((before) => withShapes(before, shapes)),
    /** Says of the whole part what it is; what is not anomalous loses its mask, and both are one step of undo. */
    say(verdict: Verdict): void {
      // What is to have no mask does not get one a moment later.
      if (verdict.label !== 'anomalous') coming.clear()
      take((before) => withVerdict(before, verdict))
    },
    /** @param shape never rejected; null where there is none after all */
    addLater,
    undo() {
      if (coming.size > 0) {
        coming.clear()
        return
      }
      history.value = undo(history.value)
      touched()
    },
    redo() {
      history.value = redo(history.value)
      touched()
    },
    /** A defect type is called otherwise on all photographs: the steps of undo say so too. */
    retype(from: string, to: string): void {
      const asStored = retyped(stored, from, to)
      const of = (state: Drawing): Drawing => (state === stored ? asStored : retyped(state, from, to))
      for (const [id, steps] of histories) histories.set(id, mapped(steps, of))
      history.value = mapped(history.value, of)
      stored = asStored
    },
    /** What was drawn is stored as it is; no step leads back to before. */
    forgetSteps(): void {
      histories.clear()
      history.value = beginHistory(history.value.present)
    },
    /** The mask that cannot be read is given up for what is drawn from now on. */
    drawAnew(): void {
      damagedMask.value = null
    },
    /** Goes back to what is stored, where a change could not be. */
    revert() {
      history.value = beginHistory(stored)
      failure.value = null
      touched()
    },
  }
}
