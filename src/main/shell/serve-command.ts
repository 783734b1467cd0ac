/** `serve`: runs the browser host. */

import { join } from 'node:path'
import { z } from 'zod'
import { Failure, failureDocument, failureOf } from '../../shared/failure.ts'
import type { WorkspaceInfo } from '../../shared/workspace.ts'
import type { TakenOver } from '../command-line/answer.ts'
import type { AddCommand, CommandContext } from '../command-line/command.ts'
import { wholeNumber } from '../command-line/option-values.ts'
import type { VersionChange } from '../session/version-change.ts'

export const addServe: AddCommand = (line) =>
  line.add({
    name: 'serve',
    summary: 'serve the windows to a browser on this machine, without opening one',
    examples: [
      ['serve --workspace line4', 'prints an address for the browser; Enter prints another, Ctrl-C ends it'],
      ['serve --open', 'shows a window where Chrome, Edge or Chromium is installed'],
    ],
    declare: (command) =>
      command
        .option('--open', 'show a window')
        .option('--read-only', 'show the workspace without writing anything into it')
        .option('--port <n>', 'listen on this port, not on a free one', wholeNumber(0, 65_535)),
    options: z.object({
      open: z.boolean().default(false),
      port: z.number().default(0),
      readOnly: z.boolean().default(false),
      workspace: z.string().optional(),
    }),
    async act(context, { open, port, readOnly, workspace }) {
      const [
        { createApplication },
        { startBrowserHost },
        { reportToStandardError },
        { applicationRoot },
        { launchStandardEngine },
        { surviveStrayErrors },
        { readPolicy },
      ] = await Promise.all([
        import('../app/application.ts'),
        import('./browser.ts'),
        import('./hosted.ts'),
        import('../platform/application-root.ts'),
        import('../engine-host/standard-engine.ts'),
        import('../platform/stray-errors.ts'),
        import('../platform/station-policy.ts'),
      ])
      const { io } = context
      let change: VersionChange | null = null
      const changing = Promise.withResolvers<void>()
      const application = createApplication({
        host: 'browser',
        chooseFolder: null,
        chooseFile: null,
        launchEngine: launchStandardEngine,
        changeVersion: (asked) => {
          change = asked
          // The window gets its answer first, and a moment to show what comes.
          setTimeout(changing.resolve, 500)
        },
        environment: io.environment,
      })
      const stopSurviving = surviveStrayErrors(process, (error) => {
        reportToStandardError('An error that nobody waited for:', error)
        application.stray(error)
      })
      let opened: WorkspaceInfo | null = null
      try {
        // A workspace is opened, and made if necessary, only if one is named; otherwise the first screen asks.
        const set = readPolicy(io.environment)?.policy.workspace
        if (workspace !== undefined || io.environment.FANOSCOPE_WORKSPACE || set !== undefined) {
          opened = await application.handlers['workspace.open']({
            dir: context.workspace,
            create: !readOnly,
            readOnly,
          })
        }
        let stopAsking = (): void => undefined
        const rendererFolder = join(applicationRoot(), 'out', 'renderer')
        const host = await startBrowserHost({
          application,
          rendererFolder,
          port,
          open,
          workspace: opened?.isReadOnly ? undefined : opened?.dir,
        })
        try {
          const { url, window } = host
          const print = (address: string): void =>
            io.write(context.json ? `${JSON.stringify({ url: address })}\n` : `${address}\n`)
          if (context.json || window === null) print(url)
          const another = `${io.keyboard ? 'Enter prints another address' : '"fanoscope address" prints another address'}, Ctrl-C ends Fanoscope.`
          context.notice(
            window === null
              ? `Open this address in a browser on this machine; it works in the first one that opens it. ${another}`
              : `Fanoscope is open. If you do not see its window: ${url}\n${another}`,
          )
          stopAsking = io.onEnter(() => print(host.newUrl()))
          await ended(io.onInterrupt, [changing.promise, window?.closed ?? null])
        } finally {
          stopAsking()
          await host.close()
        }
      } finally {
        await application.close()
        stopSurviving()
      }
      return change === null ? null : await goOnWith(context, change, { open, port, readOnly, workspace })
    },
  })

/** Another version takes the place of this process, or this one once more where the other does not start. */
async function goOnWith(
  context: CommandContext,
  change: VersionChange,
  asked: { open: boolean; port: number; readOnly: boolean; workspace?: string | undefined },
): Promise<TakenOver> {
  const { open, port, readOnly } = asked
  const workspace = change.workspace ?? asked.workspace
  const [{ installationOf }, { changeVersion }, { programOf }, { runInstead }] = await Promise.all([
    import('../platform/installation.ts'),
    import('../features/update/change-version.ts'),
    import('../features/update/versions.ts'),
    import('../features/update/run-version.ts'),
  ])
  const installation = installationOf()
  if (installation === null) throw new Failure('update-not-possible')
  context.notice(`Version ${change.to} is tried.`)
  const failure = await changeVersion(installation, change)
  if (failure !== null) {
    const { message, remedy } = failureDocument(failureOf(failure))
    context.notice(`${message} ${remedy}`)
  }
  const program = failure === null ? programOf(installation, change.to) : installation.program
  const exitCode = await runInstead(program, [
    'serve',
    ...(open ? ['--open'] : []),
    ...(port === 0 ? [] : ['--port', String(port)]),
    ...(readOnly ? ['--read-only'] : []),
    ...(workspace === undefined ? [] : ['--workspace', workspace]),
    ...(context.json ? ['--json'] : []),
  ])
  return { exitCode }
}

/** Resolves at Ctrl-C, when the person closed the window, or when another version is to take over. */
function ended(
  onInterrupt: (listener: () => void) => () => void,
  ends: readonly (Promise<void> | null)[],
): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stop()
      resolve()
    }
    const stop = onInterrupt(done)
    for (const end of ends) void end?.then(done)
  })
}
