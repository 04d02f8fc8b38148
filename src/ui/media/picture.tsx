/**
 * A recorded picture. The server sends one as a picture only when its bytes are those of PNG, JPEG, GIF or WebP; in a
 * site of files the page brings the bytes itself, as no address leads to them.
 */
import { useEffect, useState } from 'preact/hooks'
import { api, fileAddress } from '../base/api.ts'
import { FileLink } from '../base/recorded-file.tsx'
import { isSite } from '../base/transport.ts'

interface PictureProps {
  readonly run: string
  readonly path: string
  readonly alt: string
  readonly isLazy?: boolean
}

/** A picture, or that there is none to show. */
export function Picture({ run, path, alt, isLazy = false }: PictureProps) {
  const [failed, setFailed] = useState('')
  const address = useAddress(run, path, () => setFailed(`${run} ${path}`))
  if (failed === `${run} ${path}`) {
    return (
      <p class="no-picture muted small">
        Not shown: only whole PNG, JPEG, GIF and WebP pictures are.{' '}
        <FileLink run={run} path={path}>
          Save it
        </FileLink>
      </p>
    )
  }
  if (address === undefined) return <p class="no-picture muted small">Loading…</p>
  return (
    <img
      class="picture"
      src={address}
      alt={alt}
      draggable={false}
      loading={isLazy ? 'lazy' : 'eager'}
      onError={() => setFailed(`${run} ${path}`)}
    />
  )
}

/** Where the browser finds the bytes; `undefined` while the page brings them. */
function useAddress(run: string, path: string, onFailure: () => void): string | undefined {
  const [made, setMade] = useState<{ readonly path: string; readonly address: string }>()
  useEffect(() => {
    if (!isSite()) return undefined
    let address: string | undefined
    let isGone = false
    api.file(run, path).then((bytes) => {
      if (isGone) return
      address = URL.createObjectURL(bytes)
      setMade({ path, address })
    }, onFailure)
    return () => {
      isGone = true
      if (address !== undefined) URL.revokeObjectURL(address)
    }
  }, [run, path])
  if (!isSite()) return fileAddress(run, path)
  return made?.path === path ? made.address : undefined
}
