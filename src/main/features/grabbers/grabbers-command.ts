/** `grabbers`: which programs fill watched folders with photographs: those of cameras that cannot do it themselves. */
import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { z } from 'zod'
import { Failure } from '../../../shared/failure.ts'
import type { AddCommand, CommandContext } from '../../command-line/command.ts'
import { wholeNumber } from '../../command-line/option-values.ts'
import { textTable } from '../../command-line/text-table.ts'
import { WrongUse } from '../../command-line/wrong-use.ts'
import type { Grabber } from './grabber-list.ts'

const optionsSchema = z.object({ remove: z.boolean().default(false), try: z.number().optional() })

export const addGrabbers: AddCommand = (line) =>
  line.add({
    name: 'grabbers',
    parameters: [
      ['[folder]', 'the folder that it fills'],
      ['[program...]', 'the program and its arguments, behind --; {folder} stands for the folder'],
    ],
    summary: 'list the programs that fill watched folders with photographs, name one, try it or remove it',
    examples: [
      ['grabbers', 'every folder and its program'],
      [
        'grabbers /line/camera -- ffmpeg -i rtsp://10.0.0.9/1 -vf fps=2 {folder}/%09d.png',
        'runs while the folder is watched, and is started again when it ends',
      ],
      ['grabbers /line/camera --try 10', 'runs it for ten seconds and tells what came'],
      ['grabbers /line/camera --remove', 'photographs then come in another way'],
    ],
    declare: (command) =>
      command
        .option('--try <seconds>', 'run the program of the folder for so long', wholeNumber(1))
        .option('--remove', 'take the program from the folder'),
    options: optionsSchema,
    async act(context, options, folder, program, ...given) {
      const { grabberOf, listGrabbers, removeGrabber, setGrabber } = await import('./grabber-list.ts')
      const { environment } = context.io
      const listed = () => answerOf(listGrabbers(environment))
      if (folder === undefined) return listed()
      if (program !== undefined) {
        if (options.remove || options.try !== undefined)
          throw new WrongUse('Give a program, or --try, or --remove.')
        requireFolder(folder)
        await setGrabber({ folder, program, arguments: given }, environment)
        return listed()
      }
      if (options.remove) {
        if (!(await removeGrabber(folder, environment)))
          throw new Failure('grabber-unknown', { folder: resolve(folder) })
        return listed()
      }
      if (options.try === undefined)
        throw new WrongUse('Give the program behind --, or --try SECONDS, or --remove.')
      const grabber = grabberOf(folder, environment)
      if (grabber === null) throw new Failure('grabber-unknown', { folder: resolve(folder) })
      return tried(context, grabber, options.try)
    },
  })

function requireFolder(given: string): void {
  const folder = resolve(given)
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new Failure('folder-unreadable', { case: 'not-a-folder', folder })
}

function answerOf(grabbers: readonly Grabber[]) {
  const rows = grabbers.map(({ folder, program, arguments: given }) => [
    folder,
    [program, ...given].join(' '),
  ])
  return {
    document: { grabbers },
    text:
      grabbers.length === 0 ? 'No program fills a folder.\n' : textTable([['FOLDER', 'PROGRAM'], ...rows]),
  }
}

async function tried({ notice, io }: CommandContext, grabber: Grabber, seconds: number) {
  const { tryGrabber } = await import('./try-grabber.ts')
  notice(`Running ${grabber.program} for ${seconds} seconds.`)
  const stop = new AbortController()
  const stopListening = io.onInterrupt(() => stop.abort())
  try {
    const { failure, files } = await tryGrabber(grabber, seconds * 1000, stop.signal)
    return {
      document: { ...grabber, files, failure },
      text: `${files.length} new files in ${grabber.folder}.\n`,
      ...(failure && { problem: failure, failed: true }),
    }
  } finally {
    stopListening()
  }
}
