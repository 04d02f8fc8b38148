/**
 * Environments: everything is told from files, nothing is run, and what is not pinned is said.
 */
import { expect, test } from 'vitest'
import { sha256Of } from '../../../src/base/digest.ts'
import type { Environment } from '../../../src/domain/environment.ts'
import { probeEnvironment } from '../../../src/store/environment/environment.ts'
import type { Variables } from '../../../src/store/environment/environment.ts'
import type { SystemFacts } from '../../../src/store/environment/system-facts.ts'
import { systemFacts } from '../../../src/store/environment/system-facts.ts'
import { memoryFiles } from '../../support/memory-files.ts'

const SYSTEM: SystemFacts = {
  os: { name: 'Linux', release: '6.1', arch: 'x64' },
  cpu: { model: 'Test', count: 2, memoryBytes: 1024 },
  nodeVersion: '20.20.0',
  procFolder: '/proc',
  rootFolder: '/root',
}

async function probe(contents: Readonly<Record<string, string>>, variables: Variables = {}): Promise<Environment> {
  const files = memoryFiles()
  await files.makeFolder('/work')
  for (const [path, text] of Object.entries(contents)) {
    await files.makeFolder(path.slice(0, path.lastIndexOf('/')))
    const file = await files.open(path, 'create')
    await file.write(Buffer.from(text))
    await file.close()
  }
  return probeEnvironment(files, '/work', variables, SYSTEM)
}

const shown = (environment: Environment) =>
  environment.packages.map(({ name, version, source }) => `${name} ${version} (${source})`)

const SITE = '/work/.venv/lib/python3.11/site-packages'

test('an empty folder has a machine and nothing else', async () => {
  expect(await probe({})).toEqual({
    os: SYSTEM.os,
    cpu: SYSTEM.cpu,
    gpus: [],
    languages: [],
    packages: [],
    variables: [],
    unpinned: [],
  })
})

test('the packages of a virtual environment are its metadata folders, editable installs are told', async () => {
  const environment = await probe({
    '/work/.venv/pyvenv.cfg': 'home = /usr/bin\nversion_info = 3.11.7.final.0\n',
    [`${SITE}/numpy-1.26.4.dist-info/METADATA`]: '',
    [`${SITE}/Typing_Extensions-4.9.0.dist-info/METADATA`]: '',
    [`${SITE}/old_style-0.1-py3.11.egg-info`]: '',
    [`${SITE}/__editable__.my_project-0.1.0.pth`]: '',
    [`${SITE}/numpy/__init__.py`]: '',
    '/work/requirements.txt': 'numpy>=1\n',
  })
  expect(shown(environment)).toEqual([
    'numpy 1.26.4 (.venv)',
    'old-style 0.1 (.venv)',
    'typing-extensions 4.9.0 (.venv)',
  ])
  expect(environment.languages).toEqual([{ name: 'python', version: '3.11.7' }])
  expect(environment.unpinned).toEqual(['python package my-project is installed in editable mode'])
})

test('an activated environment comes before the one in the folder, and tells nothing of where it is', async () => {
  const environment = await probe(
    {
      '/home/ada/envs/torch/pyvenv.cfg': 'version = 3.12.1\n',
      '/home/ada/envs/torch/lib/python3.12/site-packages/torch-2.2.0+cu121.dist-info/METADATA': '',
      '/work/.venv/pyvenv.cfg': 'version = 3.9.0\n',
    },
    { VIRTUAL_ENV: '/home/ada/envs/torch' },
  )
  expect(shown(environment)).toEqual(['torch 2.2.0+cu121 (torch)'])
})

test('a conda environment is read from its records', async () => {
  const environment = await probe(
    { '/opt/conda/conda-meta/python-3.10.13-h955ad1f_0.json': '', '/opt/conda/conda-meta/mkl-2023.1.0-h2.json': '' },
    { CONDA_PREFIX: '/opt/conda' },
  )
  expect(shown(environment)).toEqual(['mkl 2023.1.0 (conda)', 'python 3.10.13 (conda)'])
  expect(environment.languages).toEqual([{ name: 'python', version: '3.10.13' }])
})

test('a lock file stands in for an environment', async () => {
  const lock =
    'version = 1\n\n[[package]]\nname = "numpy"\nversion = "1.26.4"\n\n[[package]]\nname = "PyYAML"\nversion = "6.0"\n'
  const environment = await probe({ '/work/uv.lock': lock, '/work/.python-version': '3.11\n' })
  expect(shown(environment)).toEqual(['numpy 1.26.4 (uv.lock)', 'pyyaml 6.0 (uv.lock)'])
  expect(environment.languages).toEqual([{ name: 'python', version: '3.11' }])
  expect(environment.unpinned).toEqual([])
})

test('requirements that name no one version are listed', async () => {
  const text = [
    '# comment',
    '--index-url https://example.org',
    'numpy==1.26.4 \\',
    '    --hash=sha256:abc',
    'torch[cuda]===2.2.0 ; python_version > "3.8"  # pinned',
    'pandas>=2',
    'scipy==1.*',
    '-r more.txt',
  ].join('\n')
  const environment = await probe({ '/work/requirements.txt': text })
  expect(shown(environment)).toEqual(['numpy 1.26.4 (requirements.txt)', 'torch 2.2.0 (requirements.txt)'])
  expect(environment.unpinned).toEqual([
    'python version: no virtual environment and no .python-version',
    "requirements.txt: '-r more.txt' names no one version",
    "requirements.txt: 'pandas>=2' names no one version",
    "requirements.txt: 'scipy==1.*' names no one version",
  ])
})

test('Python code with neither is said to be unpinned', async () => {
  expect((await probe({ '/work/train.py': '' })).unpinned).toEqual([
    'python packages: no virtual environment and no lock file',
    'python version: no virtual environment and no .python-version',
  ])
})

test('Node.js packages are those installed, else those locked', async () => {
  const lock = (version: string) =>
    JSON.stringify({
      packages: {
        '': { name: 'me', version: '1.0.0' },
        'node_modules/yaml': { version },
        'node_modules/a/node_modules/@scope/b': { version: '2.0.0' },
      },
    })
  const locked = { '/work/package.json': '{}', '/work/package-lock.json': lock('1.0.0') }
  expect(shown(await probe(locked))).toEqual(['@scope/b 2.0.0 (package-lock.json)', 'yaml 1.0.0 (package-lock.json)'])
  const installed = await probe({ ...locked, '/work/node_modules/.package-lock.json': lock('1.0.1') })
  expect(shown(installed)).toContain('yaml 1.0.1 (node_modules/.package-lock.json)')
  expect(installed.languages).toEqual([{ name: 'node', version: '20.20.0' }])
  const damaged = await probe({ '/work/package.json': '{}', '/work/package-lock.json': '{' })
  expect(damaged.unpinned).toEqual(['node packages: no package-lock.json'])
})

test('graphics processors and the driver are read from the kernel', async () => {
  const environment = await probe({
    '/proc/driver/nvidia/version':
      'NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.15  Tue Mar  5 22:23:56 UTC 2024\nGCC version: 12\n',
    '/proc/driver/nvidia/gpus/0000:01:00.0/information': 'Model: \t\t NVIDIA A100-SXM4-40GB\nIRQ: 1\n',
    '/proc/driver/nvidia/gpus/0000:02:00.0/information': 'Model: \t\t NVIDIA H100\n',
  })
  expect(environment.gpus).toEqual([
    { model: 'NVIDIA A100-SXM4-40GB', driver: '550.54.15' },
    { model: 'NVIDIA H100', driver: '550.54.15' },
  ])
})

test('variables that change results are kept, all others are not, and no secret is', async () => {
  const token = ['gh', 'p_', 'q7Zk2mXv9RtB4nWc8LpD1sHf6GjY3aEu5QxT'].join('')
  const environment = await probe(
    {},
    { OMP_NUM_THREADS: '4', HOME: '/home/ada', XLA_FLAGS: token, CUDA_VISIBLE_DEVICES: '' },
  )
  expect(environment.variables).toEqual([
    { name: 'CUDA_VISIBLE_DEVICES', value: '' },
    { name: 'OMP_NUM_THREADS', value: '4' },
  ])
})

test('inside a container, the image is said to be unpinned', async () => {
  expect((await probe({ '/root/.dockerenv': '' })).unpinned).toEqual([
    'container image: its digest cannot be seen from inside; CONTAINER_IMAGE_DIGEST can tell it',
  ])
})

test('this machine has facts', () => {
  const facts = systemFacts('v20.1.2')
  expect(facts.nodeVersion).toBe('20.1.2')
  expect(facts.cpu.count).toBeGreaterThan(0)
})

test('conda exports, Pipfile.lock and renv.lock are read; locks are told by digest', async () => {
  const conda = await probe({
    '/work/environment.yml': [
      'name: train',
      'channels:',
      '  - conda-forge',
      'dependencies:',
      '  - python=3.11.7=hab00c5b_1_cpython',
      '  - conda-forge::numpy=1.26.4',
      '  - scipy>=1.0 # any',
      '  - pip:',
      '      - torch==2.5.1+cu124',
      'prefix: /home/ada/train',
      '',
    ].join('\n'),
  })
  expect(shown(conda)).toEqual([
    'numpy 1.26.4 (environment.yml)',
    'python 3.11.7 (environment.yml)',
    'torch 2.5.1+cu124 (environment.yml)',
  ])
  expect(conda.unpinned).toContain("environment.yml: 'scipy>=1.0' names no one version")
  const pipfile = { default: { numpy: { hashes: ['sha256:a'], version: '==1.26.4' } }, develop: {} }
  const text = JSON.stringify(pipfile, null, 4)
  const pip = await probe({ '/work/Pipfile.lock': text, '/work/train.py': '' })
  expect(shown(pip)).toEqual(['numpy 1.26.4 (Pipfile.lock)'])
  expect(pip.lockFiles).toEqual([{ path: 'Pipfile.lock', sha256: sha256Of(text) }])
  const renv = { R: { Version: '4.4.1' }, Packages: { dplyr: { Package: 'dplyr', Version: '1.1.4' } } }
  const r = await probe({ '/work/renv.lock': JSON.stringify(renv) })
  expect(shown(r)).toEqual(['dplyr 1.1.4 (renv.lock)'])
  expect(r.languages).toEqual([{ name: 'r', version: '4.4.1' }])
})

test('without an environment or a lock, the packages are those of the python on the search path', async () => {
  const root = '/opt/pyenv/versions/3.12.1'
  const contents = {
    '/work/train.py': '',
    '/opt/pyenv/shims/python': '',
    '/opt/pyenv/version': '3.10.0\n',
    [`${root}/bin/python`]: '',
    [`${root}/lib/python3.12/site-packages/numpy-2.1.0.dist-info/METADATA`]: '',
  }
  const pinned = await probe({ ...contents, '/.python-version': '3.12.1\n' }, { PATH: '/none:/opt/pyenv/shims' })
  expect(shown(pinned)).toEqual(['numpy 2.1.0 (python on PATH)'])
  expect(pinned.languages).toEqual([{ name: 'python', version: '3.12.1' }])
  expect(shown(await probe(contents, { PATH: '/opt/pyenv/shims' }))).toEqual([])
  const system = {
    '/work/train.py': '',
    '/usr/bin/python3.11': '',
    '/usr/include/python3.11/patchlevel.h': '#define PY_VERSION      	"3.11.2"\n',
    '/usr/lib/python3.11/os.py': '',
    '/usr/lib/python3/dist-packages/six-1.16.0.egg-info': '',
    '/usr/local/lib/python3.11/dist-packages/numpy-1.26.4.dist-info/METADATA': '',
    '/usr/bin/python3': '',
  }
  expect((await probe(system, { PATH: '/usr/bin' })).languages).toEqual([{ name: 'python', version: '3.11.2' }])
})

test('CUDA and the container are told; an image is pinned by whoever started it', async () => {
  const digest = `sha256:${'ab'.repeat(32)}`
  const marks = { '/root/usr/local/cuda/version.json': '{"cuda" : {"name" : "CUDA SDK", "version" : "12.4.1"}}' }
  const bare = await probe({ ...marks, '/root/.dockerenv': '' })
  expect(bare).toMatchObject({ cuda: '12.4.1', container: { kind: 'docker' } })
  expect(bare.unpinned).toEqual([
    'container image: its digest cannot be seen from inside; CONTAINER_IMAGE_DIGEST can tell it',
  ])
  const pod = await probe(
    { '/root/.dockerenv': '' },
    { KUBERNETES_SERVICE_HOST: '10.0.0.1', CONTAINER_IMAGE: 'train:1', CONTAINER_IMAGE_DIGEST: digest },
  )
  expect(pod).toMatchObject({ container: { kind: 'kubernetes', image: `train:1@${digest}` }, unpinned: [] })
  const podman = await probe({ '/root/run/.containerenv': `image="train:1"\nimageid="${'ab'.repeat(32)}"\n` })
  expect(podman.container).toEqual({ kind: 'podman', image: `train:1@${digest}` })
  expect((await probe({}, { CONTAINER_IMAGE: 'train:1' })).container).toBeUndefined()
})
