/** `serve`: runs the browser host. */

import { join } from 'node:path'
import { z } from 'zod'
import type { AddCommand } from '../command-line/command.ts'
import { wholeNumber } from '../command-line/option-values.ts'
import { reportToStandardError } from './hosted.ts'

export const addServe: AddCommand = (line) =>
  line.add({
    name: 'serve',
    summary: 'serve the windows to a browser on this machine, without opening one',
    examples: [
      ['serve --workspace line4', 'prints an address for the browser; Ctrl-C ends it'],
      ['serve --open', 'shows a window where Chrome, Edge or Chromium is installed'],
    ],
    declare: (command) =>
      command
        .option('--open', 'show a window')
        .option('--port <n>', 'listen on this port, not on a free one', wholeNumber(0, 65_535)),
    options: z.object({
      open: z.boolean().default(false),
      port: z.number().default(0),
      workspace: z.string().optional(),
    }),
    async act(context, { open, port, workspace }) {
      const [
        { createApplication },
        { startBrowserHost },
        { applicationRoot },
        { launchStandardEngine },
        { surviveStrayErrors },
      ] = await Promise.all([
        import('../app/application.ts'),
        import('./browser.ts'),
        import('../platform/application-root.ts'),
        import('../engine-host/standard-engine.ts'),
        import('../platform/stray-errors.ts'),
      ])
      const { io } = context
      const application = createApplication({
        host: 'browser',
        chooseFolder: null,
        chooseFile: null,
        launchEngine: launchStandardEngine,
        environment: io.environment,
      })
      const stopSurviving = surviveStrayErrors(process, (error) => {
        reportToStandardError('An error that nobody waited for:', error)
        application.stray(error)
      })
      try {
        // A workspace is opened, and made if necessary, only if one is named; otherwise the first screen asks.
        if (workspace !== undefined || io.environment.FANOSCOPE_WORKSPACE) {
          await application.handlers['workspace.open']({ dir: context.workspace, create: true })
        }
        const rendererFolder = join(applicationRoot(), 'out', 'renderer')
        const host = await startBrowserHost({ application, rendererFolder, port, open })
        try {
          const { url, window } = host
          if (context.json) io.write(`${JSON.stringify({ url })}\n`)
          else if (window === null) io.write(`${url}\n`)
          context.notice(
            window === null
              ? 'Open this address in a browser on this machine; it works in the first one that opens it. Ctrl-C ends Fanoscope.'
              : `Fanoscope is open. If you do not see its window: ${url}\nCtrl-C here ends it.`,
          )
          await ended(io.onInterrupt, window?.closed ?? null)
        } finally {
          await host.close()
        }
      } finally {
        await application.close()
        stopSurviving()
      }
      return null
    },
  })

/** Resolves at Ctrl-C, or when the person closed the window. */
function ended(
  onInterrupt: (listener: () => void) => () => void,
  closed: Promise<void> | null,
): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stop()
      resolve()
    }
    const stop = onInterrupt(done)
    void closed?.then(done)
  })
}
