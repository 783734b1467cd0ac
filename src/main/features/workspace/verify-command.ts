/** `verify`: checks whether the workspace is complete and undamaged. */
import { z } from 'zod'
import { wordsIn } from '../../../shared/messages/words.ts'
import { verifyReportSchema } from '../../../shared/workspace.ts'
import type { AddCommand } from '../../command-line/command.ts'
import { followJob } from '../../command-line/follow-job.ts'
import { formatBytes } from '../../command-line/size.ts'
import { Stopped } from '../../command-line/stopped.ts'

const english = wordsIn('en')

export const addVerify: AddCommand = (line) =>
  line.add({
    name: 'verify',
    summary: 'check that the workspace is whole: the database and every file that it names',
    examples: [['verify --workspace line4', 'exit 1 where something is damaged or missing']],
    options: z.object({}),
    async act(context) {
      const session = await context.session()
      const { verifyPlan } = await import('./verify-job.ts')
      const job = await followJob(context, session, session.jobs.start(verifyPlan(session)).id)
      if (job.state === 'cancelled') throw new Stopped('check')
      const report = verifyReportSchema.parse(job.result)
      const { ok, images, files, bytes, problems } = report
      const worded = problems.map((problem) => ({
        ...problem,
        message: english.text('problem', problem, 'title'),
        remedy: english.text('problem', problem, 'remedy'),
      }))
      const found = worded.map(({ file, message, remedy }) => `  ${file}: ${message} ${remedy}\n`).join('')
      return {
        document: { ...report, problems: worded },
        text: ok
          ? `The workspace is whole: ${images} images, ${files} files, ${formatBytes(bytes)}.\n`
          : `${problems.length} problems among ${files} files:\n${found}`,
        failed: !ok,
      }
    },
  })
