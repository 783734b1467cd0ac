/**
 * Measures the preview of a large folder and an import:
 *
 *     node bench/import.ts [--files 100000] [--photographs 10000] [--side 512]
 *
 * The preview runs in a thread, as in the window. `longestDelayMs` is the longest time for which the event loop of the
 * main process did not come back meanwhile, up to the resolution of 5 ms; the import runs in this process, and its
 * resident memory is read every hundred photographs and at the end. 0 leaves a part out. The folders are made in the system's folder
 * for temporary files and removed at the end. Prints one JSON document.
 */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import sharp from 'sharp'
import { importFolder } from '../src/main/features/import/import-folder.ts'
import { previewFolderTask } from '../src/main/features/import/preview-task.ts'
import { createRandom } from '../src/main/platform/random.ts'
import { openWorkspace } from '../src/main/store/workspace.ts'
import { runTask } from '../src/main/threads/run-task.ts'

const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '100000' },
    photographs: { type: 'string', default: '10000' },
    side: { type: 'string', default: '512' },
  },
})

/** A surface with noise, no two the same. */
function photograph(seed: number, side: number): Promise<Buffer> {
  const random = createRandom(seed, 'import')
  const samples = new Uint8Array(side * side)
  for (let i = 0; i < samples.length; i++) samples[i] = 110 + random.int(12)
  return sharp(samples, { raw: { width: side, height: side, channels: 1 } })
    .toColourspace('b-w')
    .png({ compressionLevel: 1 })
    .toBuffer()
}

/** Of twenty files one is a photograph with a defect and one its mask; a preview reads names and few pixels, so the bytes repeat. */
async function writeSmallFiles(folder: string, count: number): Promise<void> {
  const source = join(folder, '..', 'small.png')
  const flat = join(folder, '..', 'flat.png')
  writeFileSync(source, await photograph(1, 32))
  writeFileSync(
    flat,
    await sharp({ create: { width: 32, height: 32, channels: 3, background: 'white' } })
      .png()
      .toBuffer(),
  )
  for (const below of ['train/good', 'test/scratch', 'ground_truth/scratch'])
    mkdirSync(join(folder, below), { recursive: true })
  for (let i = 0; i < count; i++) {
    const name = String(Math.floor(i / 20)).padStart(6, '0')
    if (i % 20 === 18) copyFileSync(source, join(folder, 'test/scratch', `${name}.png`))
    else if (i % 20 === 19) copyFileSync(flat, join(folder, 'ground_truth/scratch', `${name}_mask.png`))
    else copyFileSync(source, join(folder, 'train/good', `${name} ${i % 20}.png`))
  }
}

async function measurePreview(root: string, count: number) {
  const folder = join(root, 'many')
  await writeSmallFiles(folder, count)
  const delay = monitorEventLoopDelay({ resolution: 5 })
  const started = performance.now()
  delay.enable()
  const preview = await runTask(previewFolderTask, {
    path: folder,
    layout: 'auto',
    followLinks: false,
    corrections: [],
  })
  delay.disable()
  const seconds = (performance.now() - started) / 1000
  return {
    files: count,
    photographs: preview.files,
    masks: preview.masks,
    seconds,
    longestDelayMs: delay.max / 1e6,
  }
}

async function measureImport(root: string, count: number, side: number) {
  const folder = join(root, 'photographs')
  mkdirSync(join(folder, 'good'), { recursive: true })
  for (let i = 0; i < count; i++)
    writeFileSync(join(folder, 'good', `${String(i).padStart(6, '0')}.png`), await photograph(i, side))
  const workspace = openWorkspace(join(root, 'workspace'), { create: true })
  const resident: number[] = []
  try {
    const report = await importFolder(workspace, {
      folder,
      dataset: 'import',
      onProgress({ done }) {
        if (done % 100 === 0 || done === count) resident.push(process.memoryUsage.rss() / 2 ** 20)
      },
    })
    const { imported, seconds } = report
    // The first tenth warms decoders and caches.
    const warm = resident[Math.floor(resident.length / 10)] ?? 0
    const residentMiB = { warm, most: Math.max(...resident), end: resident.at(-1) ?? 0 }
    return { photographs: imported, side, seconds, perSecond: imported / seconds, residentMiB }
  } finally {
    workspace.close()
  }
}

const files = Number(values.files)
const photographs = Number(values.photographs)
const side = Number(values.side)
const root = mkdtempSync(join(tmpdir(), 'fanoscope-import-'))
try {
  const preview = files > 0 ? await measurePreview(root, files) : null
  const imported = photographs > 0 ? await measureImport(root, photographs, side) : null
  process.stdout.write(`${JSON.stringify({ preview, import: imported }, null, 2)}\n`)
} finally {
  rmSync(root, { recursive: true, force: true })
}
