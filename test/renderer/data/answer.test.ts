import { expect, it } from 'vitest'
import { useAnswer } from '../../../src/renderer/data/answer.ts'

/** Questions whose answers a test gives when and in the order that it wants. */
function questions() {
  const asked: { give: (value: string) => void; refuse: (thrown: unknown) => void }[] = []
  const ask = () => new Promise<string>((resolve, reject) => asked.push({ give: resolve, refuse: reject }))
  return { asked, ask }
}

it('drops an answer that a newer question has overtaken', async () => {
  const { asked, ask } = questions()
  const { answer, loading, read } = useAnswer(ask)
  const readings = [read(), read()]
  asked[1]?.give('new')
  asked[0]?.give('old')
  await Promise.all(readings)
  expect(answer.value).toBe('new')
  expect(loading.value).toBe(false)
})

it('forgets the former answer at a new question, unless it is to be kept', async () => {
  const { asked, ask } = questions()
  const forgetting = useAnswer(ask)
  const keeping = useAnswer(ask, { keeps: true })
  const first = [forgetting.read(), keeping.read()]
  for (const question of asked) question.give('first')
  await Promise.all(first)
  const second = [forgetting.read(), keeping.read()]
  expect([forgetting.answer.value, keeping.answer.value]).toEqual([null, 'first'])
  for (const question of asked) question.give('second')
  await Promise.all(second)
})

it('tells a failure until the next answer, and keeps what it has', async () => {
  const { asked, ask } = questions()
  const { answer, failure, read } = useAnswer(ask, { keeps: true })
  const first = read()
  asked[0]?.give('first')
  await first
  const second = read()
  asked[1]?.refuse({ code: 'busy', params: {} })
  await second
  expect(failure.value?.code).toBe('busy')
  expect(answer.value).toBe('first')
  const third = read()
  expect(failure.value?.code).toBe('busy')
  asked[2]?.give('third')
  await third
  expect(failure.value).toBeNull()
})
