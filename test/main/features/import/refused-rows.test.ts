import { describe, expect, it } from 'vitest'
import { refusedRows } from '../../../../src/main/features/import/refused-rows.ts'

const refused = (count: number, ending: string, code = 'not-an-image') =>
  Array.from({ length: count }, (_, i) => ({ file: `a/${i}${ending}`, code, params: {} }))
const title = 'not an image, by its content'

describe('files that are not taken', () => {
  it('are one row where many have one ending and one reason', () => {
    expect(refusedRows([...refused(300, '.dat'), ...refused(11, '')])).toEqual([
      ['a/0.dat and 299 more of *.dat', 'not-an-image', title],
      ['a/0 and 10 more without an ending', 'not-an-image', title],
    ])
  })

  it('are named one by one where they are few, or their reasons differ', () => {
    const rows = refusedRows([...refused(10, '.dat'), ...refused(2, '.dat', 'path-too-long')])
    expect(rows.map(([file, code]) => `${file} ${code}`)).toEqual([
      ...Array.from({ length: 10 }, (_, i) => `a/${i}.dat not-an-image`),
      'a/0.dat path-too-long',
      'a/1.dat path-too-long',
    ])
  })
})
