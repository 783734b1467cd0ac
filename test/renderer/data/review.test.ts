import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import { useOperatorStore } from '../../../src/renderer/data/operator.ts'
import { useReviewStore } from '../../../src/renderer/data/review.ts'
import type { FailureData } from '../../../src/shared/failure.ts'
import type { DecisionKind, ReviewItem } from '../../../src/shared/review.ts'
import { decisionOn, reviewItem } from '../screens/review/review-items.ts'

/** Main as the store sees it: a queue by image id, decisions that stand, events in the order main sends them. */
class FakeMain {
  items: ReviewItem[]
  readonly decided: { image: number; decision: DecisionKind; note: unknown; defectType: unknown }[] = []
  reads = 0
  /** Events wait until `deliver`, as they may on the way through another process. */
  slowEvents = false
  /** Resolves when main goes on to answer decisions. */
  held: Promise<void> | null = null
  failure: FailureData | null = null
  private readonly stack: { image: number; before: ReviewItem['decision'] }[] = []
  private readonly waiting: number[] = []
  private listener: (payload: unknown) => void = () => undefined

  constructor(count: number, change: (image: number) => Partial<ReviewItem> = () => ({})) {
    this.items = Array.from({ length: count }, (_, i) => reviewItem(i + 1, change(i + 1)))
  }

  readonly bridge = {
    call: async (name: string, input: Record<string, unknown>): Promise<unknown> => {
      if (this.failure !== null) throw this.failure
      if (name === 'review.queue') return this.queue(Number(input.offset), Number(input.limit), input.split)
      if (name === 'review.decide') {
        await this.held
        return this.decide(input)
      }
      if (name === 'operator.signIn') return operator(String(input.name))
      if (name === 'operator.signOut') return {}
      if (name === 'operator.list') return []
      if (name === 'review.undo') return this.undo()
      throw new Error(`${name} is not part of a review`)
    },
    on: (name: string, listener: (payload: unknown) => void) => {
      if (name === 'review.decided') this.listener = listener
      return () => undefined
    },
  }

  private queue(offset: number, limit: number, split: unknown) {
    if (offset === 0) this.reads += 1
    const queue = this.items.filter((item) => split === undefined || item.split === split)
    const count = (kind: DecisionKind) => queue.filter((item) => item.decision?.decision === kind).length
    return {
      total: queue.length,
      decided: queue.filter((item) => item.decision !== null).length,
      accepted: count('accept'),
      rejected: count('reject'),
      mapScale: 0.8,
      items: queue.slice(offset, offset + limit),
    }
  }

  private put(image: number, decision: ReviewItem['decision']): void {
    this.items = this.items.map((item) => (item.image === image ? { ...item, decision } : item))
    this.waiting.push(image)
    if (!this.slowEvents) this.deliver()
  }

  deliver(): void {
    for (const image of this.waiting.splice(0)) this.listener({ run: 'run-1', image })
  }

  private standing = (image: number) => this.items.find((item) => item.image === image)?.decision ?? null

  private decide(input: Record<string, unknown>) {
    const image = Number(input.image)
    const kind = input.decision === 'accept' ? 'accept' : input.decision === 'reject' ? 'reject' : 'unsure'
    this.decided.push({ image, decision: kind, note: input.note, defectType: input.defectType })
    this.stack.push({ image, before: this.standing(image) })
    const text = (value: unknown): string | null => (typeof value === 'string' ? value : null)
    const written = { note: text(input.note), defectType: text(input.defectType) }
    const decision = { ...decisionOn(image, kind, this.decided.length), ...written }
    this.put(image, decision)
    return decision
  }

  private undo() {
    const last = this.stack.pop()
    if (last === undefined) return { undone: null }
    const undone = this.standing(last.image)
    this.put(last.image, last.before)
    return { undone }
  }

  /** Somebody else, at another window, decides. */
  otherDecides(image: number, kind: DecisionKind, note: string | null = null): void {
    this.stack.push({ image, before: this.standing(image) })
    this.put(image, { ...decisionOn(image, kind, 1000 + image), note })
  }
}

const operator = (name: string) => ({ id: 1, name, createdAt: 0, hasPin: false, hasBadge: false })

function reviewOf(main: FakeMain) {
  const session = new Map<string, string>()
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => session.get(key) ?? null,
    setItem: (key: string, value: string) => session.set(key, value),
    removeItem: (key: string) => session.delete(key),
  })
  vi.stubGlobal('window', { fanoscope: main.bridge })
  return useReviewStore()
}

const query = { run: 'run-1', split: null, order: 'score' } as const

beforeEach(() => setActivePinia(createPinia()))
afterEach(() => vi.unstubAllGlobals())

describe('the review queue', () => {
  it('opens at the first part that is not decided', async () => {
    const review = reviewOf(
      new FakeMain(3, (image) => (image === 1 ? { decision: decisionOn(1, 'accept') } : {})),
    )
    await review.open(query)
    expect(review.current?.image).toBe(2)
    expect([review.total, review.decided, review.left]).toEqual([3, 1, 2])
    expect(review.mapScale).toBe(0.8)
  })

  it('is read to its end, page by page', async () => {
    const review = reviewOf(new FakeMain(1203))
    await review.open(query)
    expect(review.items.map(({ image }) => image)).toEqual(Array.from({ length: 1203 }, (_, i) => i + 1))
    expect(review.largest).toEqual({ residual: 1203, feature: 2406 })
  })

  it('keeps the part on screen when it is read in another order', async () => {
    const review = reviewOf(new FakeMain(5))
    await review.open(query)
    review.go(4)
    await review.open({ ...query, order: 'file' }, 4)
    expect(review.current?.image).toBe(4)
  })

  it('forgets the parts of another run', async () => {
    const review = reviewOf(new FakeMain(2))
    await review.open(query)
    const opened = review.open({ ...query, run: 'run-2' })
    expect([review.items.length, review.current]).toEqual([0, null])
    await opened
    expect(review.items).toHaveLength(2)
  })

  it('says what went wrong when it cannot be read', async () => {
    const main = new FakeMain(2)
    main.failure = { code: 'run-unknown', params: { run: 'run-1', newest: ['run-2'] } }
    const review = reviewOf(main)
    await review.open(query)
    expect(review.state).toBe('failed')
    expect(review.failure).toEqual(main.failure)
  })

  it('shows only undecided parts on request, and the one on screen besides', async () => {
    const decided = (image: number) => (image < 3 ? { decision: decisionOn(image, 'accept') } : {})
    const review = reviewOf(new FakeMain(4, decided))
    await review.open(query)
    review.onlyUndecided = true
    expect(review.visible.map(({ image }) => image)).toEqual([3, 4])
    review.go(1)
    expect(review.visible.map(({ image }) => image)).toEqual([1, 3, 4])
  })

  it('shows only the mistakes of the model, or one type of defect', async () => {
    const parts: Record<number, Partial<ReviewItem>> = {
      1: { label: 'normal', verdict: 'flagged' },
      2: { label: 'anomalous', defectType: 'scratch', verdict: 'passed' },
      3: { label: 'anomalous', defectType: 'scratch', verdict: 'flagged' },
      4: { label: 'normal', verdict: 'passed' },
      // Nobody knows what it is, and then somebody has decided.
      5: { label: 'unlabeled', verdict: 'flagged' },
      6: { label: 'unlabeled', verdict: 'flagged', decision: decisionOn(6, 'accept') },
    }
    const review = reviewOf(new FakeMain(6, (image) => parts[image] ?? {}))
    await review.open(query)
    const shown = (): number[] => review.visible.map(({ image }) => image)
    review.outcome = 'false-reject'
    await nextTick()
    expect(shown()).toEqual([1, 6])
    review.outcome = 'escape'
    await nextTick()
    expect(shown()).toEqual([2])
    expect(review.current?.image).toBe(2)
    review.outcome = 'all'
    review.type = 'scratch'
    await nextTick()
    expect(shown()).toEqual([2, 3])
    await review.decide('reject', 'Anna')
    expect(review.current?.image).toBe(3)
  })

  it('stops at either end', async () => {
    const review = reviewOf(new FakeMain(2))
    await review.open(query)
    review.step(-1)
    expect(review.current?.image).toBe(1)
    review.step(1)
    review.step(1)
    expect(review.current?.image).toBe(2)
  })

  it('names the parts that will be on screen next: undecided ones first, then the neighbors', async () => {
    const decided = (image: number) => (image === 4 ? { decision: decisionOn(4, 'accept') } : {})
    const review = reviewOf(new FakeMain(7, decided))
    await review.open(query)
    review.go(3)
    expect(review.upcoming(2).map(({ image }) => image)).toEqual([5, 6, 4, 2])
  })
})

describe('a decision', () => {
  it('counts and leads on only after main has answered', async () => {
    const review = reviewOf(new FakeMain(3))
    await review.open(query)
    const stored = review.decide('accept', 'Ana')
    expect([review.current?.image, review.saving, review.decided]).toEqual([1, true, 0])
    await stored
    expect([review.current?.image, review.saving, review.counts.accept]).toEqual([2, false, 1])
  })

  it('skips parts that are decided already, and comes back to those that were left', async () => {
    const decided = (image: number) => (image === 3 ? { decision: decisionOn(3, 'reject') } : {})
    const review = reviewOf(new FakeMain(4, decided))
    await review.open(query)
    review.go(2)
    await review.decide('accept', 'Ana')
    expect(review.current?.image).toBe(4)
    await review.decide('accept', 'Ana')
    expect(review.current?.image).toBe(1)
  })

  it('carries note and defect type, and a part that is accepted has no defect', async () => {
    const main = new FakeMain(3)
    const review = reviewOf(main)
    await review.open(query)
    review.note = '  seen twice '
    review.defectType = 'chip'
    await review.decide('reject', 'Ana')
    review.defectType = 'chip'
    await review.decide('accept', 'Ana')
    expect(main.decided).toEqual([
      { image: 1, decision: 'reject', note: 'seen twice', defectType: 'chip' },
      { image: 2, decision: 'accept', note: null, defectType: null },
    ])
  })

  it('is not there when main refused it: the part stays, with what was written', async () => {
    const main = new FakeMain(2)
    const review = reviewOf(main)
    await review.open(query)
    review.note = 'look here'
    main.failure = { code: 'disk-full', params: {} }
    await expect(review.decide('reject', 'Ana')).rejects.toEqual(main.failure)
    expect([review.current?.image, review.note, review.decided, review.saving]).toEqual([
      1,
      'look here',
      0,
      false,
    ])
  })

  it('is taken once, however often the key is hit while main is at it', async () => {
    const main = new FakeMain(3)
    const review = reviewOf(main)
    await review.open(query)
    await Promise.all([review.decide('accept', 'Ana'), review.decide('accept', 'Ana')])
    expect(main.decided).toHaveLength(1)
  })

  it('in the place of an earlier one moves the count', async () => {
    const review = reviewOf(new FakeMain(1, () => ({ decision: decisionOn(1, 'accept') })))
    await review.open(query)
    await review.decide('reject', 'Ana')
    expect(review.counts).toEqual({ accept: 0, reject: 1, unsure: 0 })
  })

  it('of our own does not read the queue again', async () => {
    const main = new FakeMain(3)
    const review = reviewOf(main)
    await review.open(query)
    await review.decide('accept', 'Ana')
    await review.undo('Ana')
    expect(main.reads).toBe(1)
  })

  it('of our own is known for ours also where its event comes after the answer', async () => {
    const main = new FakeMain(3)
    main.slowEvents = true
    const review = reviewOf(main)
    await review.open(query)
    await review.decide('accept', 'Ana')
    await review.undo('Ana')
    main.deliver()
    expect(main.reads).toBe(1)
  })

  it('from another window is seen here', async () => {
    const main = new FakeMain(3)
    const review = reviewOf(main)
    await review.open(query)
    await review.decide('accept', 'Ana')
    main.otherDecides(1, 'reject')
    await vi.waitFor(() => expect(review.counts).toEqual({ accept: 0, reject: 1, unsure: 0 }))
    expect(review.current?.image).toBe(2)
  })
})

describe('what was typed for a part', () => {
  it('is there again when a person comes back, and is stored with the decision alone', async () => {
    const main = new FakeMain(3)
    const review = reviewOf(main)
    await review.open(query)
    review.note = 'a scratch'
    review.defectType = 'scratch'
    review.step(1)
    expect([review.note, review.defectType]).toEqual(['', ''])
    expect(review.items.map((item) => review.hasDraft(item))).toEqual([true, false, false])
    review.step(-1)
    expect([review.note, review.defectType]).toEqual(['a scratch', 'scratch'])
    await review.decide('reject', 'Ana')
    expect(main.decided).toMatchObject([{ image: 1, note: 'a scratch', defectType: 'scratch' }])
    expect(review.items.some((item) => review.hasDraft(item))).toBe(false)
  })

  it('comes back with a decision that is undone', async () => {
    const review = reviewOf(new FakeMain(2))
    await review.open(query)
    review.note = 'a dent'
    await review.decide('reject', 'Ana')
    await review.undo('Ana')
    expect([review.current?.image, review.note]).toEqual([1, 'a dent'])
  })

  it('stays as it is when a decision on another part is stored meanwhile', async () => {
    const main = new FakeMain(4)
    const review = reviewOf(main)
    await review.open(query)
    const { promise, resolve: goOn } = Promise.withResolvers<void>()
    main.held = promise
    review.note = 'a scratch'
    const stored = review.decide('reject', 'Ana')
    review.go(3)
    review.note = 'a dent'
    goOn()
    await stored
    expect([review.current?.image, review.note]).toEqual([3, 'a dent'])
    review.go(1)
    expect([review.note, review.items.map((item) => review.hasDraft(item))]).toEqual([
      'a scratch',
      [false, false, true, false],
    ])
  })

  it('stays as it is when a decision on a part of another run is stored meanwhile', async () => {
    const main = new FakeMain(3)
    const review = reviewOf(main)
    await review.open(query)
    const { promise, resolve: goOn } = Promise.withResolvers<void>()
    main.held = promise
    review.note = 'a scratch'
    const stored = review.decide('reject', 'Ana')
    await review.open({ ...query, run: 'run-2' })
    review.note = 'a dent'
    goOn()
    await stored
    expect([review.current?.image, review.note, review.decided]).toEqual([1, 'a dent', 0])
  })

  it('is not what somebody else stored with a decision on the same part', async () => {
    const main = new FakeMain(3)
    const review = reviewOf(main)
    await review.open(query)
    main.otherDecides(1, 'reject', 'seen elsewhere')
    await vi.waitFor(() => expect(review.decided).toBe(1))
    expect([review.current?.image, review.note]).toEqual([1, 'seen elsewhere'])
    expect(review.items.some((item) => review.hasDraft(item))).toBe(false)
    review.go(2)
    expect(review.items.some((item) => review.hasDraft(item))).toBe(false)
  })

  it('stays when the queue is read again, also where somebody else has decided on the part', async () => {
    const main = new FakeMain(3)
    const review = reviewOf(main)
    await review.open(query)
    review.note = 'half a wo'
    main.otherDecides(1, 'reject', 'seen elsewhere')
    await vi.waitFor(() => expect(review.decided).toBe(1))
    expect([review.current?.image, review.note]).toEqual([1, 'half a wo'])
  })

  it('stays when another split is looked at, and the part comes back', async () => {
    const split = (image: number): Partial<ReviewItem> => ({ split: image === 3 ? 'validation' : 'test' })
    const review = reviewOf(new FakeMain(3, split))
    await review.open({ ...query, split: 'test' })
    review.note = 'a scratch'
    await review.open({ ...query, split: 'validation' })
    expect(review.note).toBe('')
    await review.open({ ...query, split: 'test' })
    expect([review.current?.image, review.note]).toEqual([1, 'a scratch'])
  })

  it('is there after the first sign-in, which may come with the decision', async () => {
    const review = reviewOf(new FakeMain(2))
    const operators = useOperatorStore()
    await review.open(query)
    review.note = 'a scratch'
    await operators.signIn('Ana')
    expect(review.note).toBe('a scratch')
  })

  it.each([
    ['signs out before', true],
    ['takes the place', false],
  ])('is not passed on to another operator (who %s)', async (_how, signsOut) => {
    const review = reviewOf(new FakeMain(2))
    const operators = useOperatorStore()
    await operators.signIn('Ana')
    await review.open(query)
    review.note = 'of Ana'
    review.step(1)
    review.note = 'of Ana, too'
    if (signsOut) await operators.signOut()
    await operators.signIn('Mei Lin')
    expect([review.note, review.items.some((item) => review.hasDraft(item))]).toEqual(['', false])
    await operators.signIn('Ana')
    expect([review.note, review.items.some((item) => review.hasDraft(item))]).toEqual(['', false])
  })

  it('waits for an operator who signs out and in again', async () => {
    const review = reviewOf(new FakeMain(2))
    const operators = useOperatorStore()
    await operators.signIn('Ana')
    await review.open(query)
    review.note = 'of Ana'
    await operators.signOut()
    expect(review.note).toBe('')
    await operators.signIn('Ana')
    expect(review.note).toBe('of Ana')
  })

  it('without an operator is of the one who signs in next', async () => {
    const review = reviewOf(new FakeMain(2))
    const operators = useOperatorStore()
    await operators.signIn('Ana')
    await review.open(query)
    await operators.signOut()
    review.note = 'a dent'
    await operators.signIn('Mei Lin')
    expect(review.note).toBe('a dent')
  })

  it('stays with its run', async () => {
    const review = reviewOf(new FakeMain(2))
    await review.open(query)
    review.note = 'of the first run'
    await review.open({ ...query, run: 'run-2' })
    expect(review.note).toBe('')
    await review.open(query)
    expect(review.note).toBe('of the first run')
  })
})

describe('undo', () => {
  it('takes the newest decision back and shows its part', async () => {
    const review = reviewOf(new FakeMain(3))
    await review.open(query)
    await review.decide('accept', 'Ana')
    await review.decide('reject', 'Ana')
    expect(await review.undo('Ana')).toBe(2)
    expect([review.current?.image, review.current?.decision]).toEqual([2, null])
    expect(review.counts).toEqual({ accept: 1, reject: 0, unsure: 0 })
  })

  it('brings back what stood before', async () => {
    const before = decisionOn(1, 'accept')
    const review = reviewOf(new FakeMain(1, () => ({ decision: before })))
    await review.open(query)
    await review.decide('reject', 'Ana')
    await review.undo('Ana')
    expect(review.current?.decision).toEqual(before)
  })

  it('of a decision that was made before the queue was opened asks main what stands now', async () => {
    const main = new FakeMain(3)
    const review = reviewOf(main)
    main.otherDecides(2, 'reject')
    await review.open(query)
    expect(await review.undo('Ana')).toBe(2)
    expect([review.current?.image, review.current?.decision, review.decided]).toEqual([2, null, 0])
  })

  it('leads to a part of another split', async () => {
    const split = (image: number): Partial<ReviewItem> => ({ split: image === 3 ? 'validation' : 'test' })
    const review = reviewOf(new FakeMain(3, split))
    await review.open({ ...query, split: 'validation' })
    await review.decide('accept', 'Ana')
    await review.open({ ...query, split: 'test' })
    expect(await review.undo('Ana')).toBe(3)
    expect([review.current?.image, review.query?.split]).toEqual([3, null])
  })

  it('changes nothing where there is nothing to take back', async () => {
    const review = reviewOf(new FakeMain(2))
    await review.open(query)
    expect(await review.undo('Ana')).toBeNull()
    expect(review.current?.image).toBe(1)
  })
})
