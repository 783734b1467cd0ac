/**
 * The review queue of one run: its order, the part on screen, and decisions. A decision moves on only after
 * main has answered, which it does when the decision is in SQLite and synced.
 */
import { useThrottleFn } from '@vueuse/core'
import { defineStore } from 'pinia'
import { computed, ref, shallowRef, triggerRef, watch } from 'vue'
import type { FailureData } from '../../shared/failure.ts'
import type { DecisionKind, ReviewItem } from '../../shared/review.ts'
import type { OperatingPoint } from '../../shared/threshold.ts'
import { call, listen } from '../bridge.ts'
import { asFailure } from '../failure.ts'
import { partsPerHour } from './decision-pace.ts'
import { useOperatorStore } from './operator.ts'
import { mistakeOf, type Outcome, typeOf } from './outcome.ts'
import { createOwnDecisions } from './own-decisions.ts'
import { isAll, largestOf, type QueueQuery, queuePages } from './review-queue.ts'

/** Milliseconds between two readings of the queue while live parts come. */
const betweenLiveParts = 2_000

export const useReviewStore = defineStore('review', () => {
  const operators = useOperatorStore()
  const query = ref<QueueQuery | null>(null)
  const state = ref<'idle' | 'loading' | 'ready' | 'failed'>('idle')
  const failure = ref<FailureData | null>(null)
  /** In the order of the queue; mutated in place and triggered, since it may hold 100,000. */
  const items = shallowRef<ReviewItem[]>([])
  const total = ref(0)
  /** How many live parts the run has scored. */
  const live = ref(0)
  const counts = ref({ accept: 0, reject: 0, unsure: 0 })
  const mapScale = ref(1)
  /** The operating point that the verdicts follow. */
  const point = shallowRef<OperatingPoint | null>(null)
  /** The largest value of each component in the queue, at which its bar has its full length. */
  const largest = ref<Record<string, number>>({})
  const onlyUndecided = ref(false)
  /** Parts whose verdict was this mistake, and those of a defect type; both tell the truth about parts. */
  const outcome = ref<Outcome>('all')
  const type = ref<string | null>(null)
  const currentId = ref<number | null>(null)
  const saving = ref(false)
  /** How many decisions the last undo took back. */
  const undoneCount = ref(0)
  const note = ref('')
  const defectType = ref('')
  /** What was typed for a part and not stored with a decision, by run and image. */
  const drafts = ref(new Map<string, { note: string; defectType: string }>())
  /** When the decisions on this run were made, since its queue was opened. */
  const times = ref<number[]>([])
  /** What stood before each of these decisions, for undo. */
  const history: { image: number; before: ReviewItem['decision'] }[] = []
  const places = new Map<number, number>()
  let generation = 0
  let rereading = false

  const isWanted = (item: ReviewItem): boolean =>
    (outcome.value === 'all' || mistakeOf(item) === outcome.value) &&
    (type.value === null || typeOf(item) === type.value)
  const isFiltered = computed(() => onlyUndecided.value || outcome.value !== 'all' || type.value !== null)
  const visible = computed(() =>
    isFiltered.value
      ? items.value.filter(
          (item) =>
            item.image === currentId.value ||
            (isWanted(item) && !(onlyUndecided.value && item.decision !== null)),
        )
      : items.value,
  )
  /** Shows a part that the filter lets through, where the one on screen is none. */
  watch([outcome, type], () => {
    if (current.value !== null && isWanted(current.value)) return
    go(items.value.find(isWanted)?.image ?? currentId.value)
  })
  const current = computed(() =>
    currentId.value === null ? null : (itemOf(items.value, currentId.value) ?? null),
  )
  const decided = computed(() => counts.value.accept + counts.value.reject + counts.value.unsure)
  const left = computed(() => Math.max(0, total.value - decided.value))
  const pace = computed(() => partsPerHour(times.value))

  function itemOf(list: ReviewItem[], image: number): ReviewItem | undefined {
    const place = places.get(image)
    return place === undefined ? undefined : list[place]
  }

  /** Reads the queue; the first page is shown at once, the others follow. */
  async function open(next: QueueQuery, keep: number | null = null): Promise<void> {
    generation += 1
    const mine = generation
    const other = query.value?.run !== next.run
    if (other) keepDraft()
    query.value = next
    state.value = 'loading'
    failure.value = null
    if (other) {
      items.value = []
      places.clear()
      currentId.value = null
      history.length = 0
      times.value = []
    }
    const list: ReviewItem[] = []
    try {
      for await (const page of queuePages(next)) {
        if (mine !== generation) return
        const isFirst = list.length === 0
        if (isFirst) {
          // Before the new decisions are here: against them, what stood there would look as if it had been typed.
          keepDraft()
          places.clear()
          total.value = page.total
          live.value = page.live ?? 0
          mapScale.value = page.mapScale
          point.value = page.point
          counts.value = {
            accept: page.accepted,
            reject: page.rejected,
            unsure: page.decided - page.accepted - page.rejected,
          }
        }
        for (const item of page.items) {
          places.set(item.image, list.length)
          list.push(item)
        }
        largest.value = largestOf(page.items, isFirst ? {} : largest.value)
        items.value = list
        triggerRef(items)
        if (isFirst) {
          const kept = keep !== null && places.has(keep) ? keep : null
          showWritten()
          go(kept ?? firstUndecided(0)?.image ?? list[0]?.image ?? null)
          state.value = 'ready'
        }
      }
    } catch (thrown) {
      if (mine !== generation) return
      failure.value = asFailure(thrown)
      state.value = 'failed'
    }
  }

  const draftKey = (image: number): string => `${query.value?.run} ${image}`
  const storedWith = (item: ReviewItem | null) => ({
    note: item?.decision?.note ?? '',
    defectType: item?.decision?.defectType ?? '',
  })

  /** Whether something was typed for the part that is not stored yet. */
  function hasDraft(item: ReviewItem): boolean {
    if (item.image !== currentId.value) return drafts.value.has(draftKey(item.image))
    const stored = storedWith(item)
    return note.value.trim() !== stored.note || defectType.value !== stored.defectType
  }

  /** Keeps what was typed for the part on screen, so that it is there when a person comes back to it. */
  function keepDraft(): void {
    const item = current.value
    if (item === null) return
    if (hasDraft(item)) {
      drafts.value.set(draftKey(item.image), { note: note.value, defectType: defectType.value })
    } else drafts.value.delete(draftKey(item.image))
  }

  /** Shows what was typed for the part on screen, or what was stored with its decision. */
  function showWritten(): void {
    const draft = currentId.value === null ? undefined : drafts.value.get(draftKey(currentId.value))
    const written = draft ?? storedWith(current.value)
    note.value = written.note
    defectType.value = written.defectType
  }

  /** What the operator who has signed out had typed, in case it is the same one who signs in again. */
  let leftBehind: { operator: string; drafts: typeof drafts.value } | null = null
  watch(
    () => operators.operator?.name ?? null,
    (now, before) => {
      keepDraft()
      if (before !== null) {
        leftBehind = { operator: before, drafts: drafts.value }
        drafts.value = new Map()
      }
      if (now !== null) {
        // What was typed while nobody had signed in is the word of the one who signs in now.
        if (leftBehind?.operator === now) drafts.value = new Map([...leftBehind.drafts, ...drafts.value])
        leftBehind = null
      }
      showWritten()
    },
    { flush: 'sync' },
  )

  function close(): void {
    keepDraft()
    generation += 1
    query.value = null
    items.value = []
    places.clear()
    currentId.value = null
    state.value = 'idle'
  }

  function go(image: number | null): void {
    if (image === currentId.value) return
    keepDraft()
    currentId.value = image
    showWritten()
  }

  /** The first undecided part from a place on; the search goes on at the beginning of the queue. */
  function firstUndecided(from: number): ReviewItem | null {
    const list = items.value
    for (let i = 0; i < list.length; i += 1) {
      const item = list[(from + i) % list.length]
      if (item !== undefined && item.decision === null && isWanted(item)) return item
    }
    return null
  }

  function step(by: number): void {
    const list = visible.value
    const at = list.findIndex((item) => item.image === currentId.value)
    const next = list[Math.min(list.length - 1, Math.max(0, at + by))]
    if (next !== undefined) go(next.image)
  }

  /** The parts that will be on screen soon, nearest first: those after the current one, then the one before. */
  function upcoming(count: number): ReviewItem[] {
    const place = currentId.value === null ? undefined : places.get(currentId.value)
    if (place === undefined) return []
    const list = items.value
    const found: ReviewItem[] = []
    for (let i = place + 1; i < list.length && found.length < count; i += 1) {
      const item = list[i]
      if (item !== undefined && item.decision === null) found.push(item)
    }
    const neighbors = [list[place + 1], list[place - 1]]
    for (const item of neighbors) {
      if (item !== undefined && !found.includes(item)) found.push(item)
    }
    return found
  }

  function put(image: number, decision: ReviewItem['decision']): void {
    const place = places.get(image)
    const item = place === undefined ? undefined : items.value[place]
    if (place === undefined || item === undefined) return
    if (item.decision !== null) counts.value[item.decision.decision] -= 1
    if (decision !== null) counts.value[decision.decision] += 1
    // A new array: a computed that returns the same one would not notify anybody.
    items.value = items.value.with(place, { ...item, decision })
  }

  /** Stores the decision, then shows the next undecided part. Rejects with FailureData and stays where it is. */
  async function decide(decision: DecisionKind, operator: string): Promise<void> {
    const item = current.value
    const run = query.value?.run
    if (item === null || run === undefined || saving.value) return
    saving.value = true
    // Another run or part may be on screen when main has answered.
    const draft = draftKey(item.image)
    let settled: number | null = null
    try {
      const stored = await call('review.decide', {
        run,
        image: item.image,
        decision,
        operator,
        note: note.value.trim() === '' ? null : note.value.trim(),
        defectType: decision === 'accept' || defectType.value === '' ? null : defectType.value,
        ...(isAll(query.value) ? {} : { view: query.value?.view }),
      })
      drafts.value.delete(draft)
      if (query.value?.run !== run) return
      settled = item.image
      history.push({ image: item.image, before: item.decision })
      times.value = [...times.value, Date.now()]
      put(item.image, stored)
      if (currentId.value !== item.image) return
      showWritten()
      const place = places.get(item.image) ?? 0
      const next = firstUndecided(place + 1)
      if (next !== null) go(next.image)
      else step(1)
    } finally {
      saving.value = false
      ownDecisions.settle(settled)
    }
  }

  /** Takes the operator's newest decision back and shows that part; null when there is none. */
  async function undo(operator: string): Promise<number | null> {
    const run = query.value?.run
    if (run === undefined || saving.value) return null
    saving.value = true
    let settled: number | null = null
    try {
      const { undone, count } = await call('review.undo', { run, operator })
      if (undone === null) return null
      undoneCount.value = count
      if (count > 1) {
        settled = undone.imageId
        history.length = 0
        forgetAccepted()
        if (query.value !== null) await open(query.value, undone.imageId)
        return undone.imageId
      }
      settled = undone.imageId
      const last = history.at(-1)
      if (last?.image === undone.imageId) {
        history.pop()
        times.value = times.value.slice(0, -1)
        put(undone.imageId, last.before)
        // What was typed for the decision is not lost with it.
        const { note: written, defectType: type } = undone
        drafts.value.set(draftKey(undone.imageId), { note: written ?? '', defectType: type ?? '' })
      }
      if (last?.image === undone.imageId && places.has(undone.imageId)) {
        go(undone.imageId)
      } else if (query.value !== null) {
        // Only main knows what stood before a decision that was made before the queue was opened, or in another split.
        const split = places.has(undone.imageId) ? query.value.split : null
        await open({ ...query.value, split }, undone.imageId)
      }
      return undone.imageId
    } finally {
      saving.value = false
      ownDecisions.settle(settled)
    }
  }

  function reread(): void {
    if (query.value === null || rereading) return
    rereading = true
    void open(query.value, currentId.value).finally(() => {
      rereading = false
    })
  }

  // From another window or the command line.
  const ownDecisions = createOwnDecisions(reread)
  listen('point.changed', ({ run }) => {
    if (query.value?.run === run) void open(query.value, currentId.value)
  })
  // Other parts were scored, or labels, types and splits have changed.
  listen('run.changed', ({ run }) => {
    if (run === query.value?.run) reread()
  })
  listen('dataset.changed', reread)
  const rereadSoon = useThrottleFn(reread, betweenLiveParts, true)
  listen('live.judged', () => void rereadSoon())
  listen('review.decided', ({ run, image }) => {
    if (run === query.value?.run) ownDecisions.hear(image, saving.value)
  })

  /** Takes the notice of parts that were accepted at once away; set by whoever told of it. */
  let forgetAccepted = (): void => undefined
  const onForgotten = (forget: () => void): void => {
    forgetAccepted = forget
  }

  /**
   * Accepts the parts that nobody has decided on, as one step that can be taken back as a whole.
   * @param flaggedToo also those that are flagged
   */
  async function acceptRest(operator: string, flaggedToo: boolean): Promise<number> {
    const asked = query.value
    if (asked === null || saving.value) return 0
    saving.value = true
    try {
      const { accepted } = await call('review.acceptRest', {
        run: asked.run,
        ...(asked.split === null ? {} : { split: asked.split }),
        operator,
        flaggedToo,
      })
      await open(asked, currentId.value)
      return accepted
    } finally {
      saving.value = false
      ownDecisions.forgetHeard()
    }
  }

  /**
   * The map value from which on a pixel is flagged: that of the operating point, else what hardly any normal pixel
   * reaches.
   */
  const pixelThreshold = computed(() => point.value?.regions?.leastStrength ?? mapScale.value / 2)

  return {
    acceptRest,
    onForgotten,
    pixelThreshold,
    undoneCount,
    query,
    state,
    failure,
    items,
    visible,
    total,
    live,
    counts,
    decided,
    left,
    pace,
    largest,
    mapScale,
    point,
    onlyUndecided,
    outcome,
    type,
    currentId,
    current,
    saving,
    note,
    defectType,
    open,
    close,
    go,
    hasDraft,
    step,
    upcoming,
    decide,
    undo,
  }
})
