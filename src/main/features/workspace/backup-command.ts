/** `backup`: copies the workspace; the copy can be opened as it is. */
import { resolve } from 'node:path'
import { z } from 'zod'
import type { AddCommand } from '../../command-line/command.ts'
import { formatBytes } from '../../command-line/size.ts'
import { Stopped } from '../../command-line/stopped.ts'
import { secondsLeft } from '../../platform/seconds-left.ts'

export const addBackup: AddCommand = (line) =>
  line.add({
    readsOnly: true,
    name: 'backup',
    parameters: [['<dir>', 'the folder for the copy; it must not exist or be empty']],
    summary: 'copy the workspace into a folder that can be opened as a workspace',
    examples: [['backup /media/usb/line4 --workspace line4', 'a whole workspace on another disk']],
    options: z.object({}),
    async act(context, _options, dir = '') {
      const session = await context.session()
      const { backupWorkspace } = await import('../../store/backup.ts')
      const display = await context.progress()
      const abort = new AbortController()
      const stopListening = context.io.onInterrupt(() => abort.abort())
      const target = resolve(dir)
      const started = performance.now()
      try {
        const report = await backupWorkspace(session.workspace, target, {
          signal: abort.signal,
          onProgress({ done, total }) {
            const left = secondsLeft(started, done, total)
            display.show({ phase: 'backup', done, total, secondsLeft: left, paused: false })
          },
        })
        return {
          document: report,
          text: `${report.to}: ${report.files} files, ${formatBytes(report.bytes)}.\n`,
        }
      } catch (error) {
        if (abort.signal.aborted) throw new Stopped('backup', { folder: target })
        throw error
      } finally {
        stopListening()
      }
    },
  })
