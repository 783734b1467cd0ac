import { expect, it } from 'vitest'
import { useNamedActions } from '../../../src/renderer/ui/actions.ts'

it('an action that runs is known by name, and another one waits for nobody: it is not begun', async () => {
  const { running, during } = useNamedActions<'read' | 'write'>()
  const { promise, resolve } = Promise.withResolvers<void>()
  const first = during('read', () => promise)
  expect(running.value).toBe('read')
  let isBegun = false
  await during('write', async () => {
    isBegun = true
  })
  expect(isBegun).toBe(false)
  resolve()
  await first
  expect(running.value).toBeNull()
})

it('what an action failed of stays until the next one begins', async () => {
  const { running, failure, during } = useNamedActions<'read'>()
  await during('read', () => Promise.reject(new Error('no disk')))
  expect(failure.value?.params.message).toBe('no disk')
  expect(running.value).toBeNull()
  await during('read', () => {
    expect(failure.value).toBeNull()
    return Promise.resolve()
  })
  expect(failure.value).toBeNull()
})
