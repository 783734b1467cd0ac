import { describe, expect, it } from 'vitest'
import { portableName, portableNames, portablePath } from '../../../src/main/platform/portable-name.ts'

describe('a portable name', () => {
  it.each([
    ['000.png', '000.png'],
    ['裂纹 检测 01.png', '裂纹 检测 01.png'],
    ['🔩 bolt 👍🏽.png', '🔩 bolt 👍🏽.png'],
    ['.hidden.png', '.hidden.png'],
    ['-rf.png', '-rf.png'],
  ])('is %s itself where every system takes it', (name, portable) => {
    expect(portableName(name)).toBe(portable)
  })

  it.each([
    ['CON.png', 'CON_.png'],
    ['aux', 'aux_'],
    ['NUL.tar.png', 'NUL_.tar.png'],
    ['COM1 .png', 'COM1_ .png'],
    ['lpt².txt', 'lpt²_.txt'],
    ['CONIN$', 'CONIN$_'],
  ])('is not the device %s of Windows', (name, portable) => {
    expect(portableName(name)).toBe(portable)
  })

  it.each(['CONTACT.png', 'auxiliary.png', 'COM10.png', 'null.png'])(
    'keeps %s, which is no device',
    (name) => {
      expect(portableName(name)).toBe(name)
    },
  )

  it.each([
    ['a*b?.png', 'a_b_.png'],
    ['a:b.png', 'a_b.png'],
    ['<img src=x onerror=alert(1)>.png', '_img src=x onerror=alert(1)_.png'],
    ['line\nbreak.png', 'line_break.png'],
    ['\u001b[31mred.png', '_[31mred.png'],
    ['\u202egnp.exe.png', '_gnp.exe.png'],
    ['a/b\\c', 'a_b_c'],
  ])('has none of the characters that %s has', (name, portable) => {
    expect(portableName(name)).toBe(portable)
  })

  it.each([
    ['trailing. .', 'trailing___'],
    ['part ', 'part_'],
    ['..', '__'],
    ['', '_'],
  ])('does not end as "%s" does', (name, portable) => {
    expect(portableName(name)).toBe(portable)
  })

  it('is in the composed form', () => {
    expect(portableName('e\u0301.png')).toBe('\u00e9.png')
  })

  it('has at most 255 bytes and keeps its ending', () => {
    for (const letter of ['x', 'é', '裂', '🔩']) {
      const portable = portableName(`${letter.repeat(300)}.png`)
      expect(Buffer.byteLength(portable)).toBeLessThanOrEqual(255)
      expect(Buffer.byteLength(portable)).toBeGreaterThan(250)
      expect(portable).toMatch(/^(.)\1+\.png$/u)
    }
  })

  it('is well-formed text where a name of Windows was not', () => {
    expect(portableName('a\ud800.png')).toBe('a\ufffd.png')
  })
})

describe('a portable path', () => {
  it('stays in its folder', () => {
    expect(portablePath('good/trailing. ./x.png')).toBe('good/trailing___/x.png')
    expect(portablePath('../../etc/passwd')).toBe('__/__/etc/passwd')
    expect(portablePath('/etc')).toBe('etc')
  })
})

describe('the names of one export', () => {
  it('are different on systems that ignore case and forms of Unicode', () => {
    const nameOf = portableNames()
    expect(['a/1.png', 'A/1.png', 'a/1?.png', 'a/1*.png', 'a/é.png', 'a/e\u0301.png'].map(nameOf)).toEqual([
      'a/1.png',
      'A/1~2.png',
      'a/1_.png',
      'a/1_~2.png',
      'a/é.png',
      'a/é~2.png',
    ])
  })

  it('are different even where a number is taken already', () => {
    const nameOf = portableNames()
    expect(['x~2.png', 'x.png', 'X.png'].map(nameOf)).toEqual(['x~2.png', 'x.png', 'X~3.png'])
  })
})
