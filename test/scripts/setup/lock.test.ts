import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { takeLock, tryLock } from '../../../scripts/setup/lock.mjs'
import { temporaryFolder } from '../../main/store/temporary-folder.ts'

const place = (): string => join(temporaryFolder(), 'cache', 'setup.lock')
const isHeld = (lock: ReturnType<typeof tryLock>): boolean => 'release' in lock
const release = (lock: ReturnType<typeof tryLock>): void => {
  if ('release' in lock) lock.release()
}

describe('the lock of a set-up', () => {
  it('is had by one, and by the next once it is given back', () => {
    const folder = place()
    const first = tryLock(folder)
    expect(isHeld(first)).toBe(true)
    expect(tryLock(folder)).toEqual({ heldBy: process.pid })
    release(first)
    expect(isHeld(tryLock(folder))).toBe(true)
  })

  it('leaves nothing behind', () => {
    const folder = place()
    const first = tryLock(folder)
    tryLock(folder)
    release(first)
    expect(readdirSync(dirname(folder))).toEqual([])
  })

  it('of a process that is gone is taken over', async () => {
    const folder = place()
    const child = spawn(process.execPath, ['--eval', ''])
    await new Promise((resolve) => child.once('exit', resolve))
    tryLock(folder, { pid: child.pid ?? 0 })
    expect(isHeld(tryLock(folder))).toBe(true)
    expect(readdirSync(dirname(folder))).toEqual(['setup.lock'])
  })

  it('of a process of somebody else, which cannot be asked, is respected', () => {
    const folder = place()
    tryLock(folder, { pid: 4711 })
    expect(tryLock(folder, { alive: () => true })).toEqual({ heldBy: 4711 })
  })

  it('that says nothing of its owner is taken over', () => {
    for (const content of ['', '{', '{"pid":"one"}', 'null']) {
      const folder = place()
      mkdirSync(folder, { recursive: true })
      writeFileSync(join(folder, 'owner.json'), content)
      expect(isHeld(tryLock(folder))).toBe(true)
    }
  })

  it('is not given back by one who has lost it', () => {
    const folder = place()
    const lost = tryLock(folder, { pid: 4711 })
    const owner = tryLock(folder, { alive: () => false })
    release(lost)
    expect(existsSync(folder)).toBe(true)
    expect(tryLock(folder)).toEqual({ heldBy: process.pid })
    release(owner)
  })

  it('is waited for, and that is said once', async () => {
    const folder = place()
    const first = tryLock(folder)
    const told: number[] = []
    const second = await takeLock(folder, (pid) => {
      told.push(pid)
      release(first)
    })
    expect(told).toEqual([process.pid])
    second.release()
  })
})
