import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { isWorkspace } from '../../../src/main/store/workspace.ts'
import { documents } from '../command-line/documents.ts'
import { cannotInterrupt, fanoscope } from '../command-line/fanoscope.ts'
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
