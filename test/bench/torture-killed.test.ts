import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { processesOf } from '../../bench/torture/processes.ts'

const program = join(import.meta.dirname, '..', '..', 'bench', 'torture', 'index.ts')

// Only Linux tells which processes belong together.
it.runIf(process.platform === 'linux')(
  'a torture that is killed leaves no process behind',
  async () => {
    const torture = spawn(process.execPath, [program, '--only', 'kills', '--count', '1'], { stdio: 'ignore' })
    onTestFinished(() => void torture.kill('SIGKILL'))
    const closed = once(torture, 'close')
    const left = () => processesOf(`${torture.pid}-`).length
    await expect.poll(left, { timeout: 60_000 }).toBeGreaterThan(0)
    torture.kill('SIGKILL')
    await closed
    await expect.poll(left, { timeout: 60_000 }).toBe(0)
  },
  180_000,
)
