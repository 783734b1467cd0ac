/**
 * `start-check`: starts everything once, as an update does with a new version before it is used. The answer is read by
 * other versions: fields are added, never taken away.
 */
import { join } from 'node:path'
import { z } from 'zod'
import { Failure } from '../../shared/failure.ts'
import type { AddCommand } from '../command-line/command.ts'

export const addStartCheck: AddCommand = (line) =>
  line.add({
    name: 'start-check',
    summary: 'start everything once and end again: the workspace, the engine and the windows',
    examples: [['start-check --workspace line4', 'what an update asks of a new version before it is used']],
    declare: (command) => command.option('--program-only', 'without a workspace'),
    options: z.object({ programOnly: z.boolean().default(false) }),
    async act({ workspace: dir, io }, { programOnly }) {
      endWithWhoeverAsked()
      const [
        { openWorkspace },
        { proveEngine },
        { launchStandardEngine },
        { applicationVersion },
        { offlineBundle },
      ] = await Promise.all([
        import('../store/workspace.ts'),
        import('../features/doctor/engine-proof.ts'),
        import('../engine-host/standard-engine.ts'),
        import('../platform/application-version.ts'),
        import('../platform/offline-bundle.ts'),
      ])
      const { provider, failure } = await proveEngine(launchStandardEngine)
      if (failure !== null) throw new Failure(failure.code, failure.params)
      // A bundle that is whole has TensorFlow; with something slower, the line would not keep its time.
      if (offlineBundle()?.lacks.length === 0 && provider?.backend !== 'tensorflow')
        throw new Failure('start-check-failed', { what: provider?.backend ?? '' })
      const page = await servedPage(io.environment)
      if (!programOnly) openWorkspace(dir).close()
      const version = applicationVersion()
      return {
        document: { ok: true, version, backend: provider?.backend ?? null, page },
        text: `Version ${version} starts: engine, windows${programOnly ? '' : ' and workspace'}.\n`,
      }
    },
  })

/**
 * Where the update that asked has ended, nobody takes the answer, and the workspace must neither be held nor changed: the
 * next start of the old version brings it back to what it was.
 */
function endWithWhoeverAsked(): void {
  if (process.send === undefined) return
  if (!process.connected) process.exit(1)
  process.once('disconnect', () => process.exit(1))
  process.channel?.unref()
}

/** Asks for the page and for everything that it loads, as a browser does. @returns how many files came */
async function servedPage(environment: NodeJS.ProcessEnv): Promise<number> {
  const [{ createApplication }, { startBrowserHost }, { applicationRoot }, { launchStandardEngine }] =
    await Promise.all([
      import('../app/application.ts'),
      import('./browser.ts'),
      import('../platform/application-root.ts'),
      import('../engine-host/standard-engine.ts'),
    ])
  const application = createApplication({
    host: 'browser',
    chooseFolder: null,
    chooseFile: null,
    launchEngine: launchStandardEngine,
    environment,
  })
  try {
    const host = await startBrowserHost({
      application,
      rendererFolder: join(applicationRoot(), 'out', 'renderer'),
    })
    try {
      const page = await fetch(host.url)
      const cookie = page.headers.get('set-cookie')?.split(';', 1)[0] ?? ''
      const addresses = [...(await page.text()).matchAll(/(?:src|href)="([^"]+)"/g)].map(
        ([, address = '']) => new URL(address, host.url),
      )
      for (const address of addresses) {
        const part = await fetch(address, { headers: { cookie } })
        if (!part.ok) throw new Failure('start-check-failed', { what: address.pathname.slice(-60) })
        await part.arrayBuffer()
      }
      if (!page.ok || addresses.length === 0) throw new Failure('start-check-failed', { what: 'index.html' })
      return addresses.length + 1
    } finally {
      await host.close()
    }
  } finally {
    await application.close()
  }
}
