/** Workspaces and photographs where Windows' old limit of 260 characters is far away, of somebody with a Chinese name. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { verifyReportSchema } from '../../../src/shared/workspace.ts'
import { describeCompiled } from '../engine/graph/native.ts'
import { photograph, writeFolder } from '../features/import/photographs.ts'
import { temporaryFolder } from '../store/temporary-folder.ts'
import { documents } from './documents.ts'
import { fanoscope } from './fanoscope.ts'

describeCompiled('a path of more than 260 characters', () => {
  it('takes a workspace, its photographs, a training, heat maps and a backup', async () => {
    const home = join(
      temporaryFolder(),
      '用户 李雷',
      ...Array.from({ length: 6 }, (_, i) => `${i} 三号产线 `.padEnd(40, 'x')),
    )
    const [dir, copy] = [join(home, '工作区'), join(home, '备份')]
    expect(dir.length).toBeGreaterThan(260)
    mkdirSync(home, { recursive: true })
    const files = Array.from(
      { length: 24 },
      async (_, i) => [`good/零件 ${i}.png`, await photograph(i, 40, 40)] as const,
    )
    const photographs = await writeFolder(join(home, '照片'), Object.fromEntries(await Promise.all(files)))
    const run = async (...parameters: string[]): Promise<unknown> => {
      const done = await fanoscope([...parameters, '--workspace', dir, '--json'])
      expect(done.code, done.stdout + done.stderr).toBe(0)
      return done.document()
    }
    await run('import', photographs, '--dataset', '零件')
    const small = ['width=8', 'ganSteps=4', 'encoderSteps=4', 'discriminatorSamples=16']
    const trained = documents.train.parse(
      await run('train', '--dataset', '零件', '--preset', 'smoke', '--set', ...small),
    )
    await run('score', '--run', trained.run, '--split', 'validation')
    await run('backup', copy)
    expect(verifyReportSchema.parse(await run('verify'))).toMatchObject({ ok: true, images: 24 })
    const again = await fanoscope(['verify', '--workspace', copy, '--json'])
    expect(verifyReportSchema.parse(again.document())).toMatchObject({ ok: true, images: 24 })
  })
})
