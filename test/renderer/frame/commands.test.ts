import { describe, expect, it } from 'vitest'
import { type Command, matching, rank } from '../../../src/renderer/frame/commands.ts'

const command = (title: string, group = 'Screens'): Command => ({
  title,
  group,
  key: '',
  run: () => undefined,
})
const titles = (commands: Command[]): string[] => commands.map(({ title }) => title)

describe('the command palette', () => {
  const all = [command('Datasets'), command('Review'), command('Brush', 'Label'), command('Undo', 'Label')]

  it('lists everything in its order where nothing was typed', () => {
    expect(titles(matching(all, '  '))).toEqual(['Datasets', 'Review', 'Brush', 'Undo'])
  })

  it('finds by letters in their order, in any case and without accents', () => {
    expect(titles(matching(all, 'RVW'))).toEqual(['Review'])
    expect(rank('Réglages', 'regl')).not.toBeNull()
    expect(titles(matching(all, 'wr'))).toEqual([])
  })

  it('puts what begins with the letters before what only has them', () => {
    const list = [command('Bad luck'), command('Undo last'), command('Cloud')]
    expect(titles(matching(list, 'lu'))[0]).toBe('Bad luck')
    expect(titles(matching([command('Cable drum'), command('Brush')], 'br'))[0]).toBe('Brush')
  })

  it('finds by the group as well, after what has the letters in its own name', () => {
    const found = titles(matching([...all, command('Label')], 'label'))
    expect(found[0]).toBe('Label')
    expect(found.slice(1).sort()).toEqual(['Brush', 'Undo'])
  })
})
