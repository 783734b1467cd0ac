/** `doctor`: reports what this machine has, what is missing, and what does not work because of that. */

import { z } from 'zod'
import type { AddCommand } from '../../command-line/command.ts'

export const addDoctor: AddCommand = (line) =>
  line.add({
    name: 'doctor',
    summary: 'say what this machine can do, what is missing, what that costs and how to get it',
    examples: [['doctor --json', 'exit 1 where something keeps Fanoscope from working']],
    options: z.object({}),
    async act(context) {
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
      return { document: doctorDocument(report), text: doctorText(report), failed: !report.ok }
    },
  })
