/**
 * Electron's UtilityProcess for tests: it prints, answers and ends when the test says so. As the real one it takes only
 * what can be cloned, loses its number when it has ended, and from then on takes no message and cannot be killed.
 */
import { EventEmitter } from 'node:events'
import { PassThrough } from 'node:stream'
import type { UtilityChild } from '../../../src/main/shell/utility-process.ts'

export class FakeChild extends EventEmitter implements UtilityChild {
  pid: number | undefined
  readonly stdout = new PassThrough()
  readonly stderr = new PassThrough()
  readonly posted: unknown[] = []
  kills = 0
  hasEnded = false
  constructor(pid: number | undefined) {
    super()
    this.pid = pid
  }
  postMessage(message: unknown): void {
    const sent = structuredClone(message)
    if (!this.hasEnded) this.posted.push(sent)
  }
  kill(): boolean {
    if (this.hasEnded) return false
    this.kills += 1
    return true
  }
  print(text: string): void {
    this.stdout.emit('data', text)
  }
  end(code: number): void {
    this.hasEnded = true
    this.pid = undefined
    this.emit('exit', code)
  }
}

export const fakeChild = (pid?: number): FakeChild => new FakeChild(pid)
