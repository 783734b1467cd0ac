import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { createRandom } from '../../../src/main/platform/random.ts'
import { decisionsOn } from '../../../src/main/store/decisions.ts'
import { verifyWorkspace } from '../../../src/main/store/verify.ts'
import { openWorkspace } from '../../../src/main/store/workspace.ts'
import { stockedWorkspace } from './stocked-workspace.ts'

const confirmedSchema = z.object({ id: z.int(), undone: z.int().nullable() })

it('loses no decision and no undo that was confirmed, killed at ten moments of a review', async () => {
  const { workspace, images } = await stockedWorkspace(1)
  const { dir } = workspace
  workspace.close()
  const random = createRandom(10)
  const confirmed: z.infer<typeof confirmedSchema>[] = []
  for (let kill = 0; kill < 10; kill++) {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'decide-until-killed.ts'), dir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    const moment = 1 + random.int(60)
    let seen = 0
    for await (const line of createInterface(child.stdout)) {
      // What is still in the pipe after the kill was confirmed as well; only a line cut in two was not.
      if (!line.endsWith('}')) continue
      confirmed.push(confirmedSchema.parse(JSON.parse(line)))
      if (++seen === moment) child.kill('SIGKILL')
    }
    if (child.signalCode === null) await once(child, 'exit')

    const again = openWorkspace(dir)
    const stored = new Map(decisionsOn(again.db, images[0] ?? 0).map((decision) => [decision.id, decision]))
    for (const { id, undone } of confirmed) {
      expect(stored.has(id)).toBe(true)
      if (undone !== null) expect(stored.get(undone)?.undoneAt).not.toBeNull()
    }
    expect((await verifyWorkspace(again)).problems).toEqual([])
    again.close()
  }
  expect(confirmed.length).toBeGreaterThan(10)
})
