/**
 * The container a process is in, by the marks its runtime leaves inside.
 */
import type { Container } from '../../domain/environment.ts'
import type { Files } from '../files/files.ts'
import { readTextIfAny } from '../inputs/input-text.ts'
import { findSecrets } from '../inputs/secret-scan.ts'
import type { SystemFacts } from './system-facts.ts'

type Variables = Readonly<Record<string, string | undefined>>

const LIMIT_BYTES = 64 * 1024
const NAME_LIMIT = 512

/** Set by those who start containers, since nothing inside tells; what names a digest counts most. */
const DIGEST_VARIABLES = ['CONTAINER_IMAGE_DIGEST', 'IMAGE_DIGEST', 'DOCKER_IMAGE_DIGEST', 'OCI_IMAGE_DIGEST']
const IMAGE_VARIABLES = [
  'CONTAINER_IMAGE',
  'DOCKER_IMAGE',
  'CI_JOB_IMAGE',
  'APPTAINER_CONTAINER',
  'SINGULARITY_CONTAINER',
]
const DIGEST = /sha256:[0-9a-f]{64}/
const CGROUP = /docker|containerd|crio|libpod|kubepods|lxc/

/** Finds the container; `undefined` outside one. The id of a container is not its identity, so it is not told. */
export async function findContainer(
  files: Files,
  system: SystemFacts,
  variables: Variables,
): Promise<Container | undefined> {
  const root = system.rootFolder.replace(/\/$/, '')
  const [docker, podman, groups] = await Promise.all([
    files.lstat(`${root}/.dockerenv`).catch(() => undefined),
    readTextIfAny(files, `${root}/run/.containerenv`, LIMIT_BYTES),
    readTextIfAny(files, `${system.procFolder}/1/cgroup`, LIMIT_BYTES),
  ])
  const kind = kindOf({ hasDockerMark: docker !== undefined, podman, groups: groups ?? '' }, variables)
  const image = imageOf(variables, podman)
  if (kind === undefined) return undefined
  return image === undefined ? { kind } : { kind, image }
}

/** Tells whether the bytes of the image are known. */
export function isImagePinned({ image }: Container): boolean {
  return image !== undefined && DIGEST.test(image)
}

function kindOf(
  marks: { readonly hasDockerMark: boolean; readonly podman: string | undefined; readonly groups: string },
  variables: Variables,
): Container['kind'] | undefined {
  if (variables['KUBERNETES_SERVICE_HOST'] !== undefined) return 'kubernetes'
  if (variables['APPTAINER_CONTAINER'] !== undefined || variables['SINGULARITY_CONTAINER'] !== undefined) {
    return 'apptainer'
  }
  if (marks.podman !== undefined) return 'podman'
  if (marks.hasDockerMark) return 'docker'
  return CGROUP.test(marks.groups) ? 'other' : undefined
}

/** Podman writes `image="name"` and `imageid="hex"` into its mark. */
function imageOf(variables: Variables, podman: string | undefined): string | undefined {
  const [digest, image] = [firstOf(variables, DIGEST_VARIABLES), firstOf(variables, IMAGE_VARIABLES)]
  if (digest !== undefined) return image === undefined || digest.includes('@') ? digest : `${image}@${digest}`
  if (image !== undefined) return image
  const name = /^image="(.+)"$/m.exec(podman ?? '')?.[1]
  const id = /^imageid="(?:sha256:)?([0-9a-f]{64})"$/m.exec(podman ?? '')?.[1]
  return name === undefined || id === undefined ? name : `${name}@sha256:${id}`
}

function firstOf(variables: Variables, names: readonly string[]): string | undefined {
  const values = names.map((name) => variables[name])
  return values.find(
    (value) => value !== undefined && value !== '' && value.length <= NAME_LIMIT && findSecrets(value).length === 0,
  )
}
