/**
 * What is drawn on the image at hand: read, changed with undo, and stored by itself. A change counts as stored when
 * main has answered; another image is only shown after that.
 */
import { computed, onBeforeUnmount, ref, shallowRef } from 'vue'
import type { FailureData } from '../../../shared/failure.ts'
import type { SavedAnnotation, Shape } from '../../../shared/label.ts'
import { call } from '../../bridge.ts'
import { asFailure } from '../../failure.ts'
import { beginHistory, change, type History, redo, undo } from './history.ts'

/** After the last change, in milliseconds. */
const pause = 600

export function useAnnotation(operator: () => string | null) {
  const image = ref<number | null>(null)
  const history = shallowRef(beginHistory([]))
  const state = ref<'loading' | 'saved' | 'changed' | 'saving' | 'failed'>('loading')
  const failure = ref<FailureData | null>(null)
  const saved = shallowRef<SavedAnnotation | null>(null)
  const shapes = computed(() => history.value.present)
  /** Runs that have an anomaly map of the image. */
  const maps = shallowRef<readonly string[]>([])
  /** What was done on each image since the screen was opened, so that it can be undone on coming back. */
  const histories = new Map<number, History>()
  let timer: ReturnType<typeof setTimeout> | null = null
  let stored: readonly Shape[] = []
  let saving: Promise<boolean> | null = null
  let generation = 0

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
    history.value = beginHistory([])
    maps.value = []
    try {
      const opened = await call('label.open', { image: next })
      if (mine !== generation) return false
      const kept = histories.get(next)
      // Somebody else may have changed it, or masks were imported: then there is nothing to go back to.
      const isSame = kept !== undefined && JSON.stringify(kept.present) === JSON.stringify(opened.shapes)
      history.value = isSame ? kept : beginHistory(opened.shapes)
      maps.value = opened.maps
      stored = history.value.present
      state.value = 'saved'
      return true
    } catch (thrown) {
      if (mine !== generation) return false
      failure.value = asFailure(thrown)
      state.value = 'failed'
      return false
    }
  }

  function touched(): void {
    if (timer !== null) clearTimeout(timer)
    if (history.value.present === stored) {
      state.value = 'saved'
      return
    }
    state.value = 'changed'
    timer = setTimeout(() => void flush(), pause)
  }

  /** Stores what is not stored yet. @returns whether everything is */
  async function flush(): Promise<boolean> {
    if (timer !== null) clearTimeout(timer)
    timer = null
    if (saving !== null) await saving
    if (image.value === null || state.value === 'loading' || history.value.present === stored) return true
    saving = save(image.value, history.value.present)
    const done = await saving
    saving = null
    return done && history.value.present !== stored ? flush() : done
  }

  async function save(id: number, what: readonly Shape[]): Promise<boolean> {
    state.value = 'saving'
    try {
      const answer = await call('label.save', { image: id, shapes: [...what], operator: operator() })
      stored = what
      saved.value = answer
      failure.value = null
      state.value = history.value.present === what ? 'saved' : 'changed'
      return true
    } catch (thrown) {
      failure.value = asFailure(thrown)
      state.value = 'failed'
      return false
    }
  }

  const apply = (next: readonly Shape[]): void => {
    if (state.value === 'loading') return
    history.value = change(history.value, next)
    touched()
  }

  /** A window that is hidden may be closed next. */
  const onHidden = (): void => {
    if (document.visibilityState === 'hidden') void flush()
  }
  document.addEventListener('visibilitychange', onHidden)
  onBeforeUnmount(() => {
    document.removeEventListener('visibilitychange', onHidden)
    void flush()
  })

  return {
    image,
    shapes,
    maps,
    state,
    failure,
    saved,
    canUndo: computed(() => history.value.past.length > 0),
    canRedo: computed(() => history.value.future.length > 0),
    open,
    flush,
    apply,
    undo() {
      history.value = undo(history.value)
      touched()
    },
    redo() {
      history.value = redo(history.value)
      touched()
    },
    /** Gives up what could not be stored. */
    revert() {
      history.value = beginHistory(stored)
      failure.value = null
      state.value = 'saved'
    },
  }
}
