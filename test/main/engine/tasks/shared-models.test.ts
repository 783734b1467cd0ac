/** Which models the tasks that stream share, and when one is let go of. */
import { describe, expect, it } from 'vitest'
import { createSharedModels } from '../../../../src/main/engine/tasks/shared-models.ts'

function station() {
  const disposed: string[] = []
  const loads: string[] = []
  const models = createSharedModels<{ name: string; scorer: { dispose(): void } }>()
  const take = (folder: string) =>
    models.take(folder, async () => {
      loads.push(folder)
      if (folder === 'damaged') throw new Error('damaged')
      return { name: folder, scorer: { dispose: () => disposed.push(folder) } }
    })
  return { disposed, loads, take }
}

describe('models of tasks that stream', () => {
  it('are loaded once for all that use one at the same time, and let go of after the last', async () => {
    const { disposed, loads, take } = station()
    const [left, right, other] = await Promise.all([take('run-1'), take('run-1'), take('run-2')])
    expect(loads).toEqual(['run-1', 'run-2'])
    expect(left.model).toBe(right.model)
    expect(other.model).not.toBe(left.model)
    left.release()
    expect(disposed).toEqual([])
    const third = await take('run-1')
    expect(third.model).toBe(right.model)
    right.release()
    third.release()
    expect(disposed).toEqual(['run-1'])
    await take('run-1')
    expect(loads).toEqual(['run-1', 'run-2', 'run-1'])
  })

  it('that cannot be loaded are tried again by the next task', async () => {
    const { disposed, loads, take } = station()
    const tries = await Promise.allSettled([take('damaged'), take('damaged')])
    expect(tries.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    await expect(take('damaged')).rejects.toThrow('damaged')
    expect(loads).toEqual(['damaged', 'damaged'])
    expect(disposed).toEqual([])
  })
})
