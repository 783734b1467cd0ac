/** `restore`: puts a copy of the database in the place of the present one. */
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { Failure } from '../../../shared/failure.ts'
import type { AddCommand, CommandContext } from '../../command-line/command.ts'
import { formatBytes } from '../../command-line/size.ts'
import { textTable } from '../../command-line/text-table.ts'
import type { Workspace } from '../../store/workspace.ts'

export const addRestore: AddCommand = (line) =>
  line.add({
    acts: ({ yes }) => yes,
    name: 'restore',
    parameters: [['[backup]', 'the name of a backup; without it, the backups are listed']],
    summary: 'list the backups of the database, or put one in its place; the present one is kept',
    examples: [
      ['restore --workspace line4', 'which backups there are'],
      ['restore fanoscope-daily-2026-01-31T06-00-00-000Z.db', 'what would be lost; nothing is changed'],
      ['restore fanoscope-daily-2026-01-31T06-00-00-000Z.db --yes', 'restores it'],
    ],
    declare: (command) => command.option('--yes', 'restore; without it, only what would be lost is said'),
    options: z.object({ yes: z.boolean().default(false) }),
    async act(context, { yes }, file) {
      const dir = resolve(context.workspace)
      const [{ listBackups }, { lossesOf, restoreBackup }] = await Promise.all([
        import('../../store/backup-list.ts'),
        import('../../store/database-backups.ts'),
      ])
      const folder = join(dir, 'backups')
      if (!existsSync(folder)) throw new Failure('workspace-not-found', { folder: dir })
      const backups = listBackups(folder).map((backup) => ({
        ...backup,
        at: new Date(backup.at).toISOString(),
      }))
      if (file === undefined) {
        const rows = backups.map(({ file: name, at, bytes }) => [at, formatBytes(bytes), name])
        return {
          document: { backups },
          text: rows.length === 0 ? 'There are no backups.\n' : textTable(rows),
        }
      }
      const losses = lossesOf(join(dir, 'fanoscope.db'), folder, file)
      const text = lossesText(losses)
      if (!yes) {
        return { document: { file, ...losses, restored: false }, text: `${text}Add --yes to restore it.\n` }
      }
      await proveOperator(context, dir)
      const { kept } = restoreBackup(dir, file)
      const was = kept === null ? '' : `The database as it was before: ${join(folder, kept)}\n`
      return {
        document: { file, ...losses, restored: true, kept },
        text: `${file} was restored.\n${text}${was}`,
      }
    },
  })

/** A database that cannot be read, or is of another version, cannot say who may restore it: then nobody is asked. */
async function proveOperator(context: CommandContext, dir: string): Promise<void> {
  const [{ attachWorkspace }, { newestVersion, versionOf }, { migrations }] = await Promise.all([
    import('../../store/workspace.ts'),
    import('../../store/migrate.ts'),
    import('../../store/migrations/index.ts'),
  ])
  let present: Workspace | null = null
  try {
    present = attachWorkspace(dir)
    if (versionOf(present.db) === newestVersion(migrations)) await context.prove(present.db)
  } catch (error) {
    if (!(error instanceof Failure) || !unreadable.has(error.code)) throw error
  } finally {
    present?.close()
  }
}

const unreadable: ReadonlySet<string> = new Set(['workspace-damaged', 'row-unreadable'])

/** What would be lost, as a person reads it. */
export function lossesText({
  isPresentReadable,
  lost,
}: {
  isPresentReadable: boolean
  lost: Record<string, number>
}): string {
  if (!isPresentReadable) return 'The present database cannot be read, so nobody can tell what it has more.\n'
  const rows = Object.entries(lost)
  if (rows.length === 0) return 'Nothing is lost: the backup has as much as the present database.\n'
  const words = rows.map(([what, count]) => `  ${count} ${nouns[what] ?? what}\n`)
  return `The present database has more than the backup, which is lost with it:\n${words.join('')}`
}

const nouns: Record<string, string> = { liveParts: 'live parts', auditRows: 'rows of the audit' }
