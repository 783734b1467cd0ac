import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { defaultWorkspace } from '../../../src/main/platform/default-workspace.ts'

describe('the workspace that nobody named', () => {
  it('lies in the home of the person', () => {
    expect(defaultWorkspace({}, '/home/ann')).toBe(resolve(join('/home/ann', 'Fanoscope')))
  })

  it('is the one that the environment names', () => {
    expect(defaultWorkspace({ FANOSCOPE_WORKSPACE: '/data/line4' }, '/home/ann')).toBe(resolve('/data/line4'))
  })

  it('is the one that the administrator set, in the home of whoever it is', () => {
    expect(defaultWorkspace({}, '/home/ann', '/data/line4')).toBe(resolve('/data/line4'))
    expect(defaultWorkspace({}, '/home/ann', '~/Line 4')).toBe(resolve('/home/ann/Line 4'))
    expect(defaultWorkspace({ FANOSCOPE_WORKSPACE: '/data/other' }, '/home/ann', '/data/line4')).toBe(
      resolve('/data/other'),
    )
  })

  it('is not the empty name', () => {
    expect(defaultWorkspace({ FANOSCOPE_WORKSPACE: '' }, '/home/ann')).toBe(
      resolve(join('/home/ann', 'Fanoscope')),
    )
  })
})
