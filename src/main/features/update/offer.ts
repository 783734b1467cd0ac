/** What a folder offers as an update, and whether it may be taken. */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { Failure } from '../../../shared/failure.ts'
import type { UpdateOffer } from '../../../shared/update.ts'
import type { Installation } from '../../platform/installation.ts'
import { offlineBundleSchema } from '../../platform/offline-bundle.ts'
import { type BundleSource, findBundle } from './bundle-source.ts'
import { isSignedBy, listedSums, signatureFile, sumsFile } from './signed-sums.ts'
import { isNewer, isVersion } from './version-order.ts'

export interface CheckedOffer {
  offer: UpdateOffer
  bundle: BundleSource
  /** SHA-256 of each file by its path, as it was signed. */
  sums: ReadonlyMap<string, string>
}

const bundleFile = 'program/bundle.json'
const told = new Set([sumsFile, signatureFile, bundleFile])
/** The most that one of these may have. */
const mostBytes = 32 * 2 ** 20

const descriptionSchema = offlineBundleSchema.extend({ version: z.string().refine(isVersion) })

/** @throws Failure `update-not-possible` */
export function requireKey(
  installation: Installation | null,
): asserts installation is Installation & { key: string } {
  const obstacle = obstacleOf(installation)
  if (obstacle !== null) throw obstacle
}

/** Why an installation cannot be updated from a folder. */
export function obstacleOf(installation: Installation | null): Failure | null {
  if (installation === null) return new Failure('update-not-possible')
  return installation.key === null ? new Failure('update-not-possible', { case: 'unsigned' }) : null
}

/**
 * Finds the bundle in a folder, and checks its signature, its system and its version; the files themselves are checked
 * while they are installed.
 * @throws Failure `update-not-possible`, `update-nothing-found`, `update-unreadable`, `update-signature-wrong`,
 * `update-file-wrong`, `update-other-system`, `update-incomplete`, `update-not-newer`
 */
export async function lookAt(path: string, installation: Installation | null): Promise<CheckedOffer> {
  requireKey(installation)
  const bundle = findBundle(path, installation.bundle.system)
  const { source } = bundle
  const { texts, files, bytes } = await readable(source, () => survey(bundle))
  const [sumsText, signature, description] = [sumsFile, signatureFile, bundleFile].map((name) =>
    texts.get(name),
  )
  if (sumsText === undefined || signature === undefined)
    throw new Failure('update-signature-wrong', { case: 'unsigned', source })
  if (!isSignedBy(sumsText.toString(), signature.toString(), installation.key))
    throw new Failure('update-signature-wrong', { source })
  const sums = listedSums(sumsText.toString())
  const sum = description && createHash('sha256').update(description).digest('hex')
  if (description === undefined || sum !== sums.get(bundleFile))
    throw new Failure('update-file-wrong', { source, file: bundleFile })
  const { version, system, commit, lacks } = descriptionSchema.parse(JSON.parse(description.toString()))
  requireFitting(installation, { version, system, lacks })
  return {
    offer: { version, present: installation.version, commit, system, source, files, bytes },
    bundle,
    sums,
  }
}

function requireFitting(
  { version: present, bundle }: Installation,
  { version, system, lacks }: { version: string; system: string; lacks: readonly string[] },
): void {
  if (system !== bundle.system) throw new Failure('update-other-system', { system, present: bundle.system })
  // What a version lacks costs time or quality: this one has it, and nobody would see why it became slow.
  const missing = lacks.filter((what) => !bundle.lacks.includes(what))
  if (missing.length > 0) throw new Failure('update-incomplete', { version, missing })
  if (version === present) throw new Failure('update-not-newer', { case: 'same', version })
  if (!isNewer(version, present)) throw new Failure('update-not-newer', { version, present })
}

/** Turns what reading a stick throws into a Failure that names it. */
export async function readable<R>(source: string, read: () => Promise<R>): Promise<R> {
  try {
    return await read()
  } catch (cause) {
    if (cause instanceof Failure) throw cause
    const words = (cause instanceof Error ? cause.message : String(cause)).replace(/\.$/, '')
    throw new Failure('update-unreadable', { source, words }, { cause })
  }
}

async function survey({ entries }: BundleSource) {
  const texts = new Map<string, Buffer>()
  let files = 0
  let bytes = 0
  for await (const entry of entries()) {
    if (entry.kind === 'link') continue
    files += 1
    bytes += entry.size
    if (!told.has(entry.path)) continue
    if (entry.size > mostBytes) throw new Error(`${entry.path} is too large`)
    const parts: Buffer[] = []
    for await (const part of entry.content()) parts.push(part)
    texts.set(entry.path, Buffer.concat(parts))
  }
  return { texts, files, bytes }
}
