/**
 * Graphics processors as the NVIDIA driver shows them in `/proc`; other makers show none there.
 */
import type { Environment } from '../../domain/environment.ts'
import type { Files } from '../files/files.ts'
import { readTextIfAny } from '../inputs/input-text.ts'

const LIMIT_BYTES = 64 * 1024

/** Lists processors by bus address; empty when the driver is absent. */
export async function readGraphics(files: Files, procFolder: string): Promise<Environment['gpus']> {
  const folder = `${procFolder}/driver/nvidia`
  const devices = await files.readFolder(`${folder}/gpus`).catch(() => [])
  if (devices.length === 0) return []
  const driver = driverVersion(await readTextIfAny(files, `${folder}/version`, LIMIT_BYTES))
  const texts = await Promise.all(
    devices.map(({ name }) => readTextIfAny(files, `${folder}/gpus/${name}/information`, LIMIT_BYTES)),
  )
  return texts.map((text) => ({
    model: /^Model:\s*(.+)$/m.exec(text ?? '')?.[1]?.trim() ?? 'unknown',
    ...(driver === undefined ? {} : { driver }),
  }))
}

/** `NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.15  Tue ...`, open modules included. */
function driverVersion(text: string | undefined): string | undefined {
  return /^NVRM version:.*?\s(\d+\.\d+(?:\.\d+)?)\s/m.exec(text ?? '')?.[1]
}

/** The version of the CUDA toolkit at its usual place; `undefined` when there is none. */
export async function readCudaVersion(files: Files, rootFolder: string): Promise<string | undefined> {
  const folder = `${rootFolder.replace(/\/$/, '')}/usr/local/cuda`
  const text = await readTextIfAny(files, `${folder}/version.json`, LIMIT_BYTES)
  return /"cuda"\s*:\s*\{[^}]*"version"\s*:\s*"([\d.]+)"/.exec(text ?? '')?.[1]
}
