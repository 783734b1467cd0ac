import { describe, expect, it, onTestFinished } from 'vitest'
import { openWorkspace } from '../../../src/main/store/workspace.ts'
import { createSessionThreads, type SessionThreads } from '../../../src/main/threads/session-threads.ts'
import { temporaryFolder } from '../store/temporary-folder.ts'
import { residentTask } from './trial-tasks.ts'

function open(): SessionThreads {
  const workspace = openWorkspace(temporaryFolder(), { create: true })
  const threads = createSessionThreads(workspace, new URL('./trial-tasks.ts', import.meta.url))
  onTestFinished(async () => {
    await threads.close()
    workspace.close()
  })
  return threads
}

describe('the threads of a session', () => {
  it('keep what a task opened from call to call', async () => {
    const threads = open()
    await threads.ask(residentTask, 'count')
    expect(await threads.ask(residentTask, 'count')).toEqual({ calls: 2 })
  })

  it('answer in the order in which they were asked', async () => {
    const threads = open()
    const answers = await Promise.all([1, 2, 3, 4].map(() => threads.ask(residentTask, 'count')))
    expect(answers.map(({ calls }) => calls)).toEqual([1, 2, 3, 4])
  })

  it('begin anew after a death', async () => {
    const threads = open()
    await threads.ask(residentTask, 'count')
    await expect(threads.ask(residentTask, 'die')).rejects.toMatchObject({ code: 'thread-died' })
    expect(await threads.ask(residentTask, 'count')).toEqual({ calls: 1 })
  })

  it('answer what was asked before they were closed, and begin anew when they are asked after it', async () => {
    const threads = open()
    const asked = [threads.ask(residentTask, 'count'), threads.ask(residentTask, 'count')]
    await threads.close()
    expect((await Promise.all(asked)).map(({ calls }) => calls)).toEqual([1, 2])
    expect(await threads.ask(residentTask, 'count')).toEqual({ calls: 1 })
  })
})
