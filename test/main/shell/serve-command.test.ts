import type { ChildProcess } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { isWorkspace } from '../../../src/main/store/workspace.ts'
import { documents } from '../command-line/documents.ts'
import { cannotInterrupt, type Finished, fanoscope } from '../command-line/fanoscope.ts'
import { temporaryFolder } from '../store/temporary-folder.ts'

const renderer = 'out/renderer/index.html'

const urlOf = (document: unknown): string => z.strictObject({ url: z.url() }).parse(document).url

describe.skipIf(!existsSync(renderer))('serve', () => {
  it.skipIf(cannotInterrupt)(
    'prints one address that serves the windows, and ends at Ctrl-C with the workspace made',
    async () => {
      const folder = temporaryFolder()
      const dir = join(folder, 'workspace')
      const page = Promise.withResolvers<Response>()
      const finished = await fanoscope(['serve', '--workspace', dir, '--json'], {
        environment: { FANOSCOPE_STATE: join(folder, 'state.json') },
        onOutput(child, all) {
          fetch(urlOf(JSON.parse(all)))
            .then(page.resolve, page.reject)
            .finally(() => child.kill('SIGINT'))
        },
      })
      expect(finished.code).toBe(0)
      expect(urlOf(finished.document())).toMatch(/^http:\/\/127\.0\.0\.1:/)
      const answer = await page.promise
      expect(answer.status).toBe(200)
      expect(await answer.text()).toContain('bridge.js')
      expect(isWorkspace(dir)).toBe(true)
    },
  )

  it.skipIf(cannotInterrupt)('gives new addresses to a command and at a signal, and goes on', async () => {
    const folder = temporaryFolder()
    const dir = join(folder, 'workspace')
    const environment = { FANOSCOPE_STATE: join(folder, 'state.json') }
    const server = Promise.withResolvers<ChildProcess>()
    const second = Promise.withResolvers<string>()
    const ended = fanoscope(['serve', '--workspace', dir, '--json'], {
      environment,
      onOutput(_child, all) {
        const [, another] = all.split('\n')
        if (another) second.resolve(urlOf(JSON.parse(another)))
      },
      onReport(child, all) {
        if (all.includes('fanoscope address')) server.resolve(child)
      },
    })
    ended.then(
      ({ stderr }) => server.reject(new Error(`The server ended: ${stderr}`)),
      (error) => server.reject(error),
    )
    const child = await server.promise
    const ask = (): Promise<Finished> => fanoscope(['address', '--workspace', dir, '--json'], { environment })
    try {
      expect(statSync(join(dir, 'server.json')).mode & 0o077).toBe(0)
      const asked = await ask()
      expect(asked.code, asked.stderr).toBe(0)
      child.kill('SIGUSR2')
      const addresses = [urlOf(asked.document()), await second.promise]
      expect(new Set(addresses).size).toBe(2)
      for (const address of addresses) {
        const page = await fetch(address)
        expect([page.status, (await page.text()).includes('bridge.js')]).toEqual([200, true])
        const refused = await fetch(address)
        expect(refused.status).toBe(403)
        expect(await refused.text()).toMatch(/press Enter .*"fanoscope address"[\s\S]*按回车键/)
      }
    } finally {
      child.kill('SIGINT')
      await ended
    }
    expect(existsSync(join(dir, 'server.json'))).toBe(false)
    const nobody = await ask()
    expect(nobody.code).toBe(1)
    expect(documents.error.parse(nobody.document()).error.code).toBe('workspace-not-served')
  })

  it('exits 1 at a port that another program has', async () => {
    const server = createServer()
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => {
        const address = server.address()
        resolve(typeof address === 'object' && address !== null ? address.port : 0)
      })
    })
    const finished = await fanoscope(['serve', '--port', String(port), '--json'], {
      environment: { FANOSCOPE_STATE: join(temporaryFolder(), 'state.json') },
    })
    server.close()
    expect(finished.code).toBe(1)
    expect(documents.error.parse(finished.document()).error.code).toBe('port-in-use')
  })
})
