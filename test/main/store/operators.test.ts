import { describe, expect, it } from 'vitest'
import { findOrMakeOperator, listOperators, operatorByName } from '../../../src/main/store/operators.ts'
import { freshWorkspace } from './stocked-workspace.ts'

describe('an operator', () => {
  it('is one person in every form and case of the name', () => {
    const { db } = freshWorkspace()
    const { id } = findOrMakeOperator(db, 'Zoë Straße')
    for (const name of ['Zoe\u0308 Straße', 'ZOË STRASSE', '  zoë  straße ', 'zoë\u00a0straße']) {
      expect(findOrMakeOperator(db, name).id).toBe(id)
      expect(operatorByName(db, name)?.id).toBe(id)
    }
    expect(listOperators(db).map(({ name }) => name)).toEqual(['Zoë Straße'])
  })

  it('is one person where a reader sees no difference: unseen characters, other spaces, letters that look alike', () => {
    const { db } = freshWorkspace()
    const { id } = findOrMakeOperator(db, 'Li Na')
    const alike = [
      'Li\u00a0Na',
      'Li\u200b Na',
      'Li\u3000Na',
      'L\u0456 Na',
      'Li N\u0430',
      'LI N\u0410',
      'Ｌｉ Ｎａ',
      'L\u00adi\u2060 Na\u202e',
    ]
    for (const name of alike) expect(findOrMakeOperator(db, name).id).toBe(id)
    expect(() => findOrMakeOperator(db, '\u200b\u2060')).toThrow(
      expect.objectContaining({ code: 'operator-name-invalid' }),
    )
    expect(findOrMakeOperator(db, ' Wang\u00a0\u200b Wei').name).toBe('Wang Wei')
    for (const name of ['Lina', 'Li Ma', 'Вова', '李娜', '李納'])
      expect(findOrMakeOperator(db, name).id).not.toBe(id)
    expect(findOrMakeOperator(db, 'ВОВА').id).toBe(findOrMakeOperator(db, 'вова').id)
  })

  it('is stored in the composed form', () => {
    const { db } = freshWorkspace()
    expect(findOrMakeOperator(db, 'Zoe\u0308').name).toBe('Zo\u00eb')
  })

  it('is another person with another name', () => {
    const { db } = freshWorkspace()
    expect(findOrMakeOperator(db, 'Zoë').id).not.toBe(findOrMakeOperator(db, 'Zoe').id)
    expect(operatorByName(db, 'Zo')).toBeUndefined()
  })

  it('that an earlier version told apart keeps its own name', () => {
    const { db } = freshWorkspace()
    const insert = (name: string): number =>
      db.run('INSERT INTO operator (name, created_at) VALUES ($name, 1)', { name }).lastId
    const [first, second] = [insert('Ähm'), insert('ähm')]
    expect(operatorByName(db, 'ähm')?.id).toBe(second)
    expect(operatorByName(db, 'Ähm')?.id).toBe(first)
    expect(operatorByName(db, 'ÄHM')?.id).toBe(first)
  })
})
