/** Electron's UtilityProcess for tests: it prints, answers and ends when the test says so. */
import { EventEmitter } from 'node:events'
import { PassThrough } from 'node:stream'
import type { UtilityChild } from '../../../src/main/shell/utility-process.ts'

export class FakeChild extends EventEmitter implements UtilityChild {
  pid: number | undefined
  readonly stdout = new PassThrough()
  readonly stderr = new PassThrough()
  readonly posted: unknown[] = []
  kills = 0
  constructor(pid: number | undefined) {
    super()
    this.pid = pid
  }
  postMessage(message: unknown): void {
    this.posted.push(structuredClone(message))
  }
  kill(): boolean {
    this.kills += 1
    return true
  }
  print(text: string): void {
    this.stdout.emit('data', text)
  }
  end(code: number): void {
    this.emit('exit', code)
  }
}

export const fakeChild = (pid?: number): FakeChild => new FakeChild(pid)
