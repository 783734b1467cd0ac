/** `verify`: checks whether the workspace is complete and undamaged. */
import { z } from 'zod'
import { Failure } from '../../../shared/failure.ts'
import type { MasksWritten } from '../../../shared/label.ts'
import { wordsIn } from '../../../shared/messages/words.ts'
import { verifyReportSchema } from '../../../shared/workspace.ts'
import type { AddCommand } from '../../command-line/command.ts'
import { followJob } from '../../command-line/follow-job.ts'
import { printableLine } from '../../command-line/printable.ts'
import { formatBytes } from '../../command-line/size.ts'
import { Stopped } from '../../command-line/stopped.ts'
import type { MendReport } from '../label/mend-labels.ts'

const english = wordsIn('en')

export const addVerify: AddCommand = (line) =>
  line.add({
    readsOnly: true,
    name: 'verify',
    summary: 'check that the workspace is whole: the database and every file that it names',
    examples: [
      ['verify --workspace line4', 'exit 1 where something is damaged or missing'],
      ['verify --read-only', 'of a workspace on a disk that must not be changed'],
      [
        'verify --mend',
        'first repairs labels that cannot be read, keeps a copy of the database, and writes damaged masks again',
      ],
    ],
    declare: (command) =>
      command.option(
        '--mend',
        'repair labels that cannot be read, and write masks again whose files are damaged; photographs stay as they are',
      ),
    options: z.object({ mend: z.boolean().default(false) }),
    async act(context, { mend }) {
      const session = await context.session()
      const { dir, copy } = session.workspace
      if (mend && copy !== null) throw new Failure('workspace-read-only', { case: 'opened', folder: dir })
      const { mendLabels } = await import('../label/mend-labels.ts')
      const { mendMasks } = await import('../label/mend-masks.ts')
      const mending = mend
        ? { ...(await mendLabels(session.workspace)), masks: await mendMasks(session.workspace) }
        : null
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
      const found = worded
        .map(({ file, message, remedy }) => `  ${printableLine(`${file}: ${message} ${remedy}`)}\n`)
        .join('')
      return {
        document: { ...report, problems: worded, ...(mending ? { mending } : {}) },
        text:
          (mending ? mendingText(mending) + masksText(mending.masks) : '') +
          (ok
            ? `The workspace is whole: ${images} images, ${files} files, ${formatBytes(bytes)}.\n${found}`
            : `${problems.length} problems among ${files} files:\n${found}`),
        failed: !ok,
      }
    },
  })

const outcomes: Record<MendReport['mended'][number]['how'], string> = {
  mended: 'repaired',
  mask: 'beyond repair; the pixels of its mask take its place',
  removed: 'beyond repair, and removed',
}

function masksText({ written, left }: MasksWritten): string {
  const named = (what: string, files: readonly string[]): string =>
    files.length === 0 ? '' : `${what}\n${files.map((file) => `  ${printableLine(file)}\n`).join('')}`
  return (
    named('Masks that were written again from what was drawn:', written) +
    named('Masks that could not be written again; open the photograph in Label and change its mask:', left)
  )
}

function mendingText({ mended, backup }: MendReport): string {
  if (mended.length === 0) return 'No label had to be repaired.\n'
  const lines = mended.map(({ file, what, how }) => {
    const which = what === 'drawing' ? 'what was drawn' : 'the defect type'
    return `  ${file}: ${which}: ${outcomes[how]}\n`
  })
  return `${mended.length} labels:\n${lines.join('')}The database as it was before: ${backup}\n`
}
