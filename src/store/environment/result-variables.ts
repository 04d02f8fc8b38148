/**
 * Environment variables known to change results, or the devices and threads they are computed with.
 */
import type { Environment } from '../../domain/environment.ts'
import { findSecrets } from '../inputs/secret-scan.ts'

/** Sorted. */
const RESULT_VARIABLES = [
  'ATEN_CPU_CAPABILITY',
  'BLIS_NUM_THREADS',
  'CUBLAS_WORKSPACE_CONFIG',
  'CUDA_DEVICE_ORDER',
  'CUDA_LAUNCH_BLOCKING',
  'CUDA_VERSION',
  'CUDA_VISIBLE_DEVICES',
  'GOTO_NUM_THREADS',
  'HIP_VISIBLE_DEVICES',
  'JAX_DEFAULT_MATMUL_PRECISION',
  'JAX_ENABLE_X64',
  'JAX_PLATFORMS',
  'JULIA_NUM_THREADS',
  'KMP_AFFINITY',
  'KMP_DETERMINISTIC_REDUCTION',
  'LOCAL_WORLD_SIZE',
  'MKL_CBWR',
  'MKL_DYNAMIC',
  'MKL_NUM_THREADS',
  'NCCL_ALGO',
  'NCCL_PROTO',
  'NUMEXPR_NUM_THREADS',
  'NVIDIA_TF32_OVERRIDE',
  'NVIDIA_VISIBLE_DEVICES',
  'OMP_DYNAMIC',
  'OMP_NUM_THREADS',
  'OMP_PLACES',
  'OMP_PROC_BIND',
  'OPENBLAS_CORETYPE',
  'OPENBLAS_NUM_THREADS',
  'PL_GLOBAL_SEED',
  'POLARS_MAX_THREADS',
  'PYTHONHASHSEED',
  'PYTHONOPTIMIZE',
  'PYTORCH_CUDA_ALLOC_CONF',
  'PYTORCH_ENABLE_MPS_FALLBACK',
  'RAYON_NUM_THREADS',
  'ROCR_VISIBLE_DEVICES',
  'TF_CUDNN_DETERMINISTIC',
  'TF_DETERMINISTIC_OPS',
  'TF_ENABLE_ONEDNN_OPTS',
  'TF_NUM_INTEROP_THREADS',
  'TF_NUM_INTRAOP_THREADS',
  'TOKENIZERS_PARALLELISM',
  'TORCHDYNAMO_DISABLE',
  'TORCH_ALLOW_TF32_CUBLAS_OVERRIDE',
  'VECLIB_MAXIMUM_THREADS',
  'WORLD_SIZE',
  'XLA_FLAGS',
]

/** Those that are set, sorted by name; a value that looks like a secret is left out. */
export function resultVariables(variables: Readonly<Record<string, string | undefined>>): Environment['variables'] {
  return RESULT_VARIABLES.flatMap((name) => {
    const value = variables[name]
    return value === undefined || findSecrets(value).length > 0 ? [] : [{ name, value }]
  })
}
