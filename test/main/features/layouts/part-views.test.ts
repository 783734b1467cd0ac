import { describe, expect, it } from 'vitest'
import { partsOf } from '../../../../src/main/features/layouts/part-views.ts'

describe('views of one part', () => {
  it('are found by the number of the camera in their names', () => {
    const parts = partsOf([
      'OK/S0001/pad_0001_OK_C1_20231021.jpg',
      'OK/S0001/pad_0001_OK_C2_20231022.jpg',
      'OK/S0002/pad_0002_OK_C1_20231023.jpg',
      'OK/S0002/pad_0002_OK_C2_20231024.jpg',
      'good/0007_cam1.png',
      'good/0007_cam2.png',
      'good/0008-view-1.png',
      'good/0008-view-2.png',
      'good/0009_cam1.png',
      'good/c1.png',
      'good/001.png',
      'good/abc10.png',
    ])
    expect(Object.fromEntries(parts)).toEqual({
      'OK/S0001/pad_0001_OK_C1_20231021.jpg': 'ok/s0001',
      'OK/S0001/pad_0001_OK_C2_20231022.jpg': 'ok/s0001',
      'OK/S0002/pad_0002_OK_C1_20231023.jpg': 'ok/s0002',
      'OK/S0002/pad_0002_OK_C2_20231024.jpg': 'ok/s0002',
      'good/0007_cam1.png': 'good/0007',
      'good/0007_cam2.png': 'good/0007',
      'good/0008-view-1.png': 'good/0008',
      'good/0008-view-2.png': 'good/0008',
    })
  })

  it('are not one part in two folders, and not where a name is nothing but a camera', () => {
    expect(partsOf(['a/1_C1.png', 'b/1_C2.png', 'c/C1.png', 'c/C2.png'])).toEqual(new Map())
  })
})
