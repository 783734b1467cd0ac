/** `update`: brings another version of this program from a folder or a stick, or goes back to the one of before. */
import { z } from 'zod'
import { Failure, failureOf } from '../../../shared/failure.ts'
import type { AddCommand, CommandContext } from '../../command-line/command.ts'
import { formatBytes } from '../../command-line/size.ts'
import { Stopped } from '../../command-line/stopped.ts'
import { WrongUse } from '../../command-line/wrong-use.ts'
import { type Installation, installationOf } from '../../platform/installation.ts'
import { secondsLeft } from '../../platform/seconds-left.ts'
import type { Session } from '../../session/session.ts'
import type { VersionChange } from '../../session/version-change.ts'
import type { changeVersion } from './change-version.ts'

export const addUpdate: AddCommand = (line) =>
  line.add({
    acts: ({ look }) => !look,
    name: 'update',
    parameters: [['[dir]', 'the folder or stick with the new version, unpacked or as an archive']],
    summary: 'install another version of this program beside this one, try it, and use it from then on',
    examples: [
      [
        'update /media/stick --look',
        'what is offered, and whether its signature is right; nothing is changed',
      ],
      ['update /media/stick --workspace line4', 'installs it; where it does not start, this version stays'],
      ['update --back', 'uses the version again that was used before the last update'],
      ['update --back --yes', 'also where it needs the workspace as it was before the update'],
    ],
    declare: (command) =>
      command
        .option('--look', 'only look at what is offered')
        .option('--back', 'use the version of before again')
        .option(
          '--yes',
          'with --back: put back the workspace of before, where the version of before needs it',
        ),
    options: z.object({
      look: z.boolean().default(false),
      back: z.boolean().default(false),
      yes: z.boolean().default(false),
    }),
    async act(context, { look, back, yes }, dir) {
      if (back === (dir !== undefined)) throw new WrongUse('Give either a folder or --back.')
      if (look && back) throw new WrongUse('--look goes with a folder.')
      if (yes && !back) throw new WrongUse('--yes goes with --back.')
      const installation = installationOf()
      if (installation === null) throw new Failure('update-not-possible')
      if (dir === undefined) return goBack(context, installation, yes)
      const { lookAt } = await import('./offer.ts')
      const checked = await lookAt(dir, installation)
      const { version, present, source, bytes } = checked.offer
      if (look) {
        return {
          document: { ...checked.offer, installed: false },
          text: `${source}: version ${version}, ${formatBytes(bytes)}, signed by this program's key. Present: ${present}.\n`,
        }
      }
      const session = await openIfReadable(context)
      const { prepareUpdate } = await import('./prepare-update.ts')
      const display = await context.progress()
      const abort = new AbortController()
      const stopListening = context.io.onInterrupt(() => abort.abort())
      const started = performance.now()
      let change: VersionChange
      try {
        change = await prepareUpdate(installation, checked, {
          present: () => session?.workspace ?? null,
          operator: context.operator,
          whileWatching: false,
          signal: abort.signal,
          onProgress: ({ done, total }) =>
            display.show({
              phase: 'install',
              done,
              total,
              secondsLeft: secondsLeft(started, done, total),
              paused: false,
            }),
        })
      } catch (error) {
        if (abort.signal.aborted) throw new Stopped('update')
        throw error
      } finally {
        display.end()
        stopListening()
      }
      await session?.close()
      return taken(context, installation, { ...change, workspace: await workspaceOf(context) }, {})
    },
  })

/** Null where there is no workspace yet, or one of a later version, for which the update may be the remedy. */
async function openIfReadable(context: CommandContext): Promise<Session | null> {
  if ((await workspaceOf(context)) === null) return null
  try {
    return await context.session()
  } catch (error) {
    if (error instanceof Failure && error.code === 'workspace-newer') return null
    throw error
  }
}

async function workspaceOf({ workspace }: CommandContext): Promise<string | null> {
  const { isWorkspace } = await import('../../store/workspace.ts')
  return isWorkspace(workspace) ? workspace : null
}

/**
 * Where the newer version migrated the workspace, the one of before cannot read it and gets the copy that the update
 * made. What was added since is then lost to it, so that is said first.
 */
async function goBack(context: CommandContext, installation: Installation, yes: boolean) {
  const [{ lastUpdate }, { holdVersions, programOf }, { formerWorkspace }, { lossesText }] =
    await Promise.all([
      import('./update-notes.ts'),
      import('./versions.ts'),
      import('./former-workspace.ts'),
      import('../workspace/restore-command.ts'),
    ])
  const last = lastUpdate(installation)
  const isThere = last !== null && programOf(installation, last.from) !== installation.program
  if (last?.failure !== null || last.to !== installation.version || !isThere)
    throw new Failure('update-no-former', { version: installation.version })
  const workspace = await workspaceOf(context)
  const former = workspace === null ? null : formerWorkspace(workspace, last.backup)
  if (former !== null) {
    const { backup, ...losses } = former
    const text = `Version ${last.from} cannot read the workspace as it is now; it gets the copy ${backup}.\n${lossesText(losses)}`
    if (!yes) {
      return {
        document: { version: last.from, from: last.to, installed: false, backup, ...losses },
        text: `${text}The present database is kept among the backups. Add --yes to go back.\n`,
      }
    }
    context.notice(text)
    // Whoever goes back proves who they are, and nobody else has the workspace open.
    const session = await context.session()
    await session.close()
  }
  const release = holdVersions(installation)
  const change = { to: last.from, workspace, release }
  return taken(context, installation, change, { keeps: true, restore: former?.backup ?? null })
}

async function taken(
  context: CommandContext,
  installation: Installation,
  change: VersionChange,
  options: Parameters<typeof changeVersion>[2],
) {
  const { changeVersion: changeTo } = await import('./change-version.ts')
  context.notice(`Version ${change.to} is tried.`)
  const failure = await changeTo(installation, change, options)
  if (failure !== null) throw failureOf(failure)
  const { version: from } = installation
  return {
    document: { version: change.to, from, installed: true },
    text: `From its next start on, Fanoscope is version ${change.to}. Version ${from} is kept: update --back\n`,
  }
}
