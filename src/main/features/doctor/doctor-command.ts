/** `doctor`: reports what this machine has, what is missing, and what does not work because of that. */

import { hostname, userInfo } from 'node:os'
import { resolve } from 'node:path'
import { z } from 'zod'
import type { AddCommand } from '../../command-line/command.ts'

export const addDoctor: AddCommand = (line) =>
  line.add({
    readsOnly: true,
    name: 'doctor',
    summary: 'say what this machine can do, what is missing, what that costs and how to get it',
    examples: [
      ['doctor --json', 'exit 1 where something keeps Fanoscope from working'],
      [
        'doctor --bundle help.zip',
        'logs, doctor and the shape of the database, without names, to send to whoever helps',
      ],
    ],
    declare: (command) =>
      command.option('--bundle <file>', 'write what somebody needs who helps, as a zip archive'),
    options: z.object({ bundle: z.string().optional() }),
    async act(context, { bundle }) {
      const [{ examine }, { doctorDocument, doctorText }, { launchStandardEngine }] = await Promise.all([
        import('./doctor.ts'),
        import('./doctor-text.ts'),
        import('../../engine-host/standard-engine.ts'),
      ])
      const report = await examine({
        workspace: context.workspace,
        isOpen: false,
        launchEngine: launchStandardEngine,
        environment: context.io.environment,
      })
      if (bundle === undefined)
        return { document: doctorDocument(report), text: doctorText(report), failed: !report.ok }
      const { writeHelpBundle } = await import('./help-bundle.ts')
      const file = resolve(bundle)
      const files = writeHelpBundle(file, {
        workspace: context.workspace,
        report,
        environment: context.io.environment,
        known: { home: context.io.home, user: userInfo().username, computer: hostname() },
      })
      return {
        document: { file, files },
        text: `${file}: ${files.join(', ')}\nLook through it before you send it.\n`,
      }
    },
  })
