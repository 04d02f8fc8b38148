/**
 * Recorded files in a page: a link that saves one. In a site of files they are brought by the page, as
 * no address leads to them.
 */
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { download } from '../browser.ts'
import { refusalOf } from './answer.tsx'
import { api, fileAddress } from './api.ts'
import { isSite } from './transport.ts'

/** Which file of which run. */
export interface FileProps {
  readonly run: string
  readonly path: string
}

/** A link that saves a file; it says the path unless it is given something else to say. */
export function FileLink({ run, path, children }: FileProps & { readonly children?: ComponentChildren }) {
  const [problem, setProblem] = useState<string>()
  const name = path.slice(path.lastIndexOf('/') + 1)
  const shown = children ?? path
  if (!isSite()) {
    return (
      <a class="key" href={fileAddress(run, path)} download={name}>
        {shown}
      </a>
    )
  }
  if (problem !== undefined) {
    return (
      <span class="key" title={problem}>
        {shown} <small class="muted">{problem}</small>
      </span>
    )
  }
  const save = (): void => {
    api.file(run, path).then(
      (bytes) => download(name, bytes),
      (error: unknown) => setProblem(refusalOf(error).message),
    )
  }
  return (
    <button class="key link" onClick={save}>
      {shown}
    </button>
  )
}
