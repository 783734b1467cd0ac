import { beforeEach, expect, it, vi } from 'vitest'
import { effectScope, ref } from 'vue'
import { useKeptFields } from '../../../src/renderer/data/kept-fields.ts'

const standard = { split: '', text: '', removed: false }
const stored = new Map<string, string>()

beforeEach(() => {
  stored.clear()
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
  })
})

/** A screen, from its first frame to a reload. */
function screen(item: string | null) {
  const id = ref(item)
  const scope = effectScope()
  const fields = scope.run(() => useKeptFields('test', standard, () => id.value))
  if (!fields) throw new Error('The scope has ended.')
  return { id, fields, reload: () => scope.stop() }
}

it('are there again after a reload', () => {
  const before = screen('a')
  before.fields.split = 'test'
  before.fields.removed = true
  before.reload()
  expect(screen('a').fields).toEqual({ split: 'test', text: '', removed: true })
})

it('belong to the item, and come back with it', () => {
  const { id, fields } = screen('a')
  fields.text = 'scratch'
  id.value = 'b'
  expect(fields).toEqual(standard)
  fields.text = 'dent'
  id.value = 'a'
  expect(fields.text).toBe('scratch')
})

it('wait until it is known what they are about', () => {
  const first = screen('a')
  first.fields.split = 'train'
  first.reload()
  const { id, fields } = screen(null)
  expect(fields).toEqual(standard)
  id.value = 'a'
  expect(fields.split).toBe('train')
})

it('are as they were made where something else was stored', () => {
  stored.set('screen.test.a', '{"split":3,"text":"dent","other":"x"}')
  expect(screen('a').fields).toEqual({ split: '', text: 'dent', removed: false })
  stored.set('screen.test.a', 'no JSON')
  expect(screen('a').fields).toEqual(standard)
})
