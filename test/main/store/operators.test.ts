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
