/**
 * Graphics processors as the NVIDIA driver shows them in `/proc`; other makers show none there.
 */
import type { Environment } from '../../domain/environment.ts'
import type { Files } from '../files/files.ts'
import { readTextIfAny } from './input-text.ts'

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
