/** A disk that fills, through the real command line. */
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { describe, expect, it } from 'vitest'
import { provider } from '../../../src/main/engine/tensorflow.ts'
import { verifyReportSchema } from '../../../src/shared/workspace.ts'
import { photograph, writeFolder } from '../features/import/photographs.ts'
import { temporaryFolder } from '../store/temporary-folder.ts'
import { documents } from './documents.ts'
import { type Finished, fanoscope } from './fanoscope.ts'

/** A small disk takes a name space of one's own, which only Linux has and not every system allows. */
const mayNotMount =
  spawnSync('unshare', ['-Urm', 'sh', '-c', `mount -t tmpfs -o size=64k none "${tmpdir()}"`]).status !== 0

/**
 * Runs a script of sh on a disk of this size, which is gone with the name space: `$DISK` is where it is, `$DATA`
 * the photographs, `fanoscope` the command line.
 */
function onDisk(size: string, data: string, script: string): Promise<Finished> {
  const whole = `DISK=$0; DATA=$1; node=$2; cli=$3; fanoscope() { "$node" "$cli" "$@"; }
    mount -t tmpfs -o size=${size} none "$DISK" && ${script}`
  return fanoscope([], { through: ['unshare', '-Urm', 'sh', '-c', whole, temporaryFolder(), data] })
}

/** Documents that were printed one after the other. */
const printed = ({ stdout }: Finished): unknown[] =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

const photographs = async (count: number, side: number): Promise<string> => {
  const files = Array.from({ length: count }, async (_, i) => {
    return [`good/${i}.png`, await photograph(i, side, side)] as const
  })
  return writeFolder(temporaryFolder(), Object.fromEntries(await Promise.all(files)))
}

describe.skipIf(mayNotMount)('a full disk', () => {
  it('ends an import with what was confirmed, and the workspace whole', async () => {
    const finished = await onDisk(
      '4m',
      await photographs(240, 140),
      `{ fanoscope import "$DATA" --dataset parts --workspace "$DISK/w" --json
         echo "exit $?" >&2
         mount -o remount,size=8m "$DISK"
         fanoscope verify --workspace "$DISK/w" --json; }`,
    )
    const [refused, verified] = printed(finished)
    expect(finished.stderr).toContain('exit 1\n')
    expect(documents.error.parse(refused).error.code).toBe('disk-full')
    const { ok, images } = verifyReportSchema.parse(verified)
    expect(ok).toBe(true)
    expect(images).toBeGreaterThan(0)
  })

  it.skipIf(provider.backend !== 'tensorflow')(
    'ends a training, which goes on from its last checkpoint when there is room',
    async () => {
      const finished = await onDisk(
        '4m',
        await photographs(40, 40),
        `{ fanoscope import "$DATA" --dataset parts --workspace "$DISK/w" --json
           fanoscope train --dataset parts --preset smoke --set width=12 ganSteps=60 encoderSteps=60 discriminatorSamples=32 --workspace "$DISK/w" --json
           echo "exit $?" >&2
           mount -o remount,size=64m "$DISK"
           fanoscope train --resume "$(ls "$DISK/w/runs")" --workspace "$DISK/w" --json; }`,
      )
      const [, failed, resumed] = printed(finished)
      expect(finished.stderr).toContain('exit 1\n')
      expect(documents.error.parse(failed).error.code).toBe('disk-full')
      expect(documents.train.parse(resumed)).toMatchObject({ steps: 120, resumed: true, stopped: false })
    },
  )
})
