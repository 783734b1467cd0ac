import PQueue from 'p-queue'
import { expect, it } from 'vitest'
import { createSharedTurn } from '../../../src/main/jobs/shared-turn.ts'

function byHand() {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { work: () => promise, end: resolve }
}

it('is of all who come while it lasts, and ends with the last of them', async () => {
  const lane = new PQueue({ concurrency: 1 })
  const share = createSharedTurn((work) => lane.add(work))
  const done: string[] = []
  const [before, a, b, c] = [byHand(), byHand(), byHand(), byHand()]
  const begin =
    (name: string, { work }: typeof a) =>
    async () => {
      done.push(`${name} begins`)
      await work()
      done.push(`${name} ends`)
    }
  void lane.add(begin('training', before))
  void share(begin('a', a))
  void share(begin('b', b))
  const after = lane.add(async () => void done.push('scoring'))
  before.end()
  await expect.poll(() => done.length).toBe(4)
  expect(done.slice(1)).toEqual(['training ends', 'a begins', 'b begins'])
  void share(begin('c', c))
  a.end()
  b.end()
  await expect.poll(() => done.length).toBe(7)
  expect(done).not.toContain('scoring')
  c.end()
  await after
  expect(done.slice(7)).toEqual(['c ends', 'scoring'])
})

it('comes again after it has ended', async () => {
  const lane = new PQueue({ concurrency: 1 })
  const share = createSharedTurn((work) => lane.add(work))
  let count = 0
  const work = async () => {
    count += 1
  }
  await share(work)
  await share(work)
  expect(count).toBe(2)
})
