/**
 * PyTorch and anomalib's GANomaly in a virtual environment of their own, made when a benchmark first asks for it.
 * The packages come from where pip is set up to take them.
 */
import { execFile } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const root = join(import.meta.dirname, '..', '..')
const folder = join(root, 'node_modules', '.cache', 'bench-pytorch')
const shims = join(folder, 'shims')

const torch = 'torch==2.15.*'
/** What PyTorch needs of Python to compute on a processor; CUDA's libraries it only wants to be there. */
const needs = [
  'numpy',
  'typing_extensions',
  'filelock',
  'sympy',
  'mpmath',
  'networkx',
  'jinja2',
  'markupsafe',
  'fsspec',
  'pillow',
]
const anomalib = 'anomalib==2.7.*'

export interface PythonEnvironment {
  python: string
  environment: NodeJS.ProcessEnv
}

const python = join(
  folder,
  'venv',
  ...(process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python']),
)
const ready: PythonEnvironment = {
  python,
  environment: { ...process.env, LD_LIBRARY_PATH: [shims, process.env.LD_LIBRARY_PATH ?? ''].join(':') },
}

const starts = async (): Promise<boolean> => {
  try {
    await run(python, ['-c', 'import torch, numpy'], { env: ready.environment })
    return true
  } catch {
    return false
  }
}

/** The environment, made anew where there is none that works. Says on the way what takes a while. */
export async function pythonEnvironment(say: (text: string) => void): Promise<PythonEnvironment> {
  if (existsSync(python) && (await starts())) return ready
  say('Making a Python environment with PyTorch; this downloads about 550 MB.')
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  await run(process.env.PYTHON ?? 'python3', ['-m', 'venv', join(folder, 'venv')])
  const pip = (...names: string[]) => run(python, ['-m', 'pip', 'install', '--quiet', ...names])
  await pip('--no-deps', torch, anomalib, ...needs)
  if (!(await starts())) await makeShims()
  if (!(await starts())) {
    say('PyTorch does not start without all that it asks for; installing that too (some 3 GB).')
    await pip(torch)
  }
  if (!(await starts())) throw new Error(`PyTorch does not start in ${folder}.`)
  return ready
}

async function makeShims(): Promise<void> {
  const packages = join(folder, 'venv', 'lib')
  const [version = ''] = readdirSync(packages)
  const libraries = join(packages, version, 'site-packages', 'torch', 'lib')
  const unfinished = `${shims}.partial`
  try {
    await run(python, [join(import.meta.dirname, 'shims.py'), libraries, unfinished])
    await rename(unfinished, shims)
  } catch {
    // No gcc or no readelf here: what PyTorch asks for is installed instead.
    await rm(unfinished, { recursive: true, force: true })
  }
}
