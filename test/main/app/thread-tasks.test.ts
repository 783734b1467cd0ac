import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { threadTasks } from '../../../src/main/app/thread-tasks.ts'

describe('the table of tasks', () => {
  it('has every task that is defined, once', () => {
    const defined = globSync('src/main/**/*.ts')
      .filter((file) => !file.includes('threads'))
      .flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/ = define\w*Task\(\{\s*name: '([^']+)'/g)])
      .map(([, name]) => name)
    expect(defined.length).toBeGreaterThan(0)
    expect(threadTasks.map(({ name }) => name).toSorted()).toEqual(defined.toSorted())
    expect(new Set(defined).size).toBe(defined.length)
  })
})
