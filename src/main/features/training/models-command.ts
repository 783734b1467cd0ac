/** `models`: what can be trained, with which parameters, and how it scores. */

import { z } from 'zod'
import type { Systems } from '../../../shared/training.ts'
import type { AddCommand } from '../../command-line/command.ts'
import { textTable } from '../../command-line/text-table.ts'

export const addModels: AddCommand = (line) =>
  line.add({
    name: 'models',
    summary: 'list the systems with their parameters, the scores and the presets',
    examples: [['models --json', 'the same as data']],
    options: z.object({}),
    async act() {
      const [{ listSystems }, { backboneNames }] = await Promise.all([
        import('../../model/catalog.ts'),
        import('./backbone.ts'),
      ])
      const document = listSystems(await backboneNames())
      return { document, text: systemsText(document) }
    },
  })

function systemsText({ systems, scores, presets }: Systems): string {
  const parts = systems.map(({ name, paper, parameters }) => {
    const chosen = presets.filter((preset) => preset.model === name)
    return (
      `${name}\n  ${paper}\n\n  Presets\n` +
      textTable(chosen.map((preset) => [`    ${preset.name}`, preset.description])) +
      '\n  Parameters, with their defaults\n' +
      textTable(
        parameters.map((parameter) => [
          `    ${parameter.name}`,
          String(parameter.default),
          range(parameter),
          parameter.description,
        ]),
      )
    )
  })
  return `${parts.join('\n')}\nScores\n${textTable(scores.map(({ name, formula }) => [`  ${name}`, formula]))}`
}

function range({ choices, minimum, maximum }: Systems['systems'][number]['parameters'][number]): string {
  if (choices) return choices.join(', ')
  if (minimum !== undefined && maximum !== undefined) return `${minimum} to ${maximum}`
  if (minimum !== undefined) return `${minimum} or more`
  return maximum === undefined ? '' : `at most ${maximum}`
}
