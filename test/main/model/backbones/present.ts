/** The weights that set-up fetched. Tests that need them are skipped with this reason where there was no network. */
import { describe } from 'vitest'
import { backboneFile } from '../../../../src/main/model/backbones/backbone-files.ts'

const file = await backboneFile('efficientnet-lite2')

/** @param body is given the absolute path of the weights of efficientnet-lite2 */
export const describeWithBackbone = (name: string, body: (file: string) => void): void => {
  if (file !== null) describe(name, () => body(file))
  else describe.skip(`${name} (the weights of efficientnet-lite2 are not here)`, () => body(''))
}
