/**
 * Where a store of artifacts is, as `mlv.json` names it: a folder that several machines reach, or a bucket. An address
 * never holds a secret; who may use the store is for the machine to know.
 */
import { hiddenCharacterAt } from '../base/printable.ts'
import { refuse } from './failure.ts'
import type { Failure } from './failure.ts'

/** The place of a store. */
export type StoreAddress = DirAddress | S3Address

/** A folder, absolute, on a disk that others reach too. */
export interface DirAddress {
  readonly kind: 'dir'
  readonly folder: string
}

/** A bucket of an S3 server. */
export interface S3Address {
  readonly kind: 's3'
  readonly bucket: string
  /** Put before every key, without slashes at its ends; may be empty. */
  readonly prefix: string
  /** The server, as an origin; absent for Amazon's own. */
  readonly endpoint?: string
  /** Absent where the machine's configuration says it. */
  readonly region?: string
}

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/
const REGION = /^[a-z0-9-]{1,40}$/
const KEY_PART = /^[A-Za-z0-9!_.*'()-]+$/

/** Reads `dir:/path` or `s3://bucket/prefix?endpoint=..&region=..`. @throws `store-address-invalid` */
export function parseStoreAddress(text: string): StoreAddress {
  if (hiddenCharacterAt(text) !== undefined) throw invalid(text, 'it holds a character that cannot be seen')
  if (text.startsWith('dir:')) return dirAddress(text)
  if (text.startsWith('s3://')) return s3Address(text)
  throw invalid(text, 'it is neither dir:/path nor s3://bucket/prefix')
}

/** Writes an address so that it reads back the same; equal addresses have equal texts. */
export function storeAddressText(address: StoreAddress): string {
  if (address.kind === 'dir') return `dir:${address.folder}`
  const { bucket, prefix, endpoint, region } = address
  const query = [
    ...(endpoint === undefined ? [] : [`endpoint=${endpoint}`]),
    ...(region === undefined ? [] : [`region=${region}`]),
  ]
  return `s3://${bucket}${prefix === '' ? '' : `/${prefix}`}${query.length === 0 ? '' : `?${query.join('&')}`}`
}

function dirAddress(text: string): DirAddress {
  const folder = text.slice('dir:'.length)
  if (!/^(?:\/|[A-Za-z]:[\\/])/.test(folder)) throw invalid(text, 'its folder is not absolute')
  // Windows would ask that host for it, with the user's own credentials, whoever wrote the address.
  if (/^[\\/]{2}/.test(folder)) throw invalid(text, 'it names a host; name the folder where it is mounted')
  if (folder.split(/[\\/]/).some((part) => part === '..' || part === '.')) throw invalid(text, "it holds '.' or '..'")
  return { kind: 'dir', folder: folder.length > 1 ? folder.replace(/[\\/]+$/, '') : folder }
}

function s3Address(text: string): S3Address {
  if (!URL.canParse(text)) throw invalid(text, 'it is no URL')
  const url = new URL(text)
  if (url.username !== '' || url.password !== '')
    throw invalid(text, 'it holds a credential, which every clone would get')
  if (url.port !== '' || url.hash !== '') throw invalid(text, 'a port or fragment has no place in it')
  const bucket = url.hostname
  if (!BUCKET.test(bucket)) throw invalid(text, 'its bucket is no name of a bucket')
  // A URL parser follows '..' by itself; what is written is what is meant, or it is refused.
  if (url.pathname !== /^s3:\/\/[^/?#]*([^?#]*)/.exec(text)?.[1]) throw invalid(text, "its prefix holds '.' or '..'")
  const parts = url.pathname.split('/').filter((part) => part !== '')
  if (parts.some((part) => !KEY_PART.test(part) || part === '..' || part === '.')) {
    throw invalid(text, 'its prefix may hold letters, digits and .-_ only')
  }
  const given = [...url.searchParams.keys()]
  const unknown = given.find((name) => name !== 'endpoint' && name !== 'region')
  if (unknown !== undefined) throw invalid(text, `it takes endpoint and region, not '${unknown}'`)
  const endpoint = endpointOf(text, url.searchParams.get('endpoint'))
  const region = url.searchParams.get('region')
  if (region !== null && !REGION.test(region)) throw invalid(text, 'its region is no name of a region')
  return {
    kind: 's3',
    bucket,
    prefix: parts.join('/'),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(region === null ? {} : { region }),
  }
}

function endpointOf(text: string, given: string | null): string | undefined {
  if (given === null) return undefined
  if (!URL.canParse(given)) throw invalid(text, 'its endpoint is no URL')
  const url = new URL(given)
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw invalid(text, 'its endpoint is neither http nor https')
  if (url.username !== '' || url.password !== '') throw invalid(text, 'its endpoint holds a credential')
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '')
    throw invalid(text, 'its endpoint is more than a host')
  return url.origin
}

/** What was typed may hold a secret, so only what comes before it is said again. */
function invalid(text: string, problem: string): Failure {
  const shown = text.replace(/\/\/[^/@]*@/g, '//').replace(/[?#].*$/, '')
  return refuse('store-address-invalid', { address: shown, problem })
}
