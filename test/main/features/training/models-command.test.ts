import { describe, expect, it } from 'vitest'
import { documents } from '../../command-line/documents.ts'
import { fanoscope } from '../../command-line/fanoscope.ts'

describe('models', () => {
  it('lists systems with parameters, scores with formulas, and presets, without a workspace', async () => {
    const { code, document } = await fanoscope(['models', '--json'])
    expect(code).toBe(0)
    const { systems, scores, presets } = documents.models.parse(document())
    expect(systems.map(({ name }) => name)).toContain('fanogan')
    expect(scores.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['izif', 'latent-feature', 'izi', 'ziz', 'discriminator']),
    )
    expect(presets.map(({ name }) => name)).toEqual(expect.arrayContaining(['smoke', 'quick', 'full']))
  })

  it('says the same as text', async () => {
    const { stdout } = await fanoscope(['models'])
    expect(stdout).toMatch(/^fanogan$/m)
    expect(stdout).toMatch(/^ {4}batch +64 +2 to 512 +Images in a training step$/m)
  })
})
