/**
 * Readers of what frameworks write, on files that the frameworks wrote: the scripts stand beside them.
 */
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { textOfLogs } from '../../support/framework-record-text.ts'

const GOLDEN = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'golden', 'readers')

async function read(name: string): Promise<string> {
  return (await textOfLogs(join(GOLDEN, name, 'files'))).join('\n')
}

describe('TensorBoard event files', () => {
  test('tensorboardX: NaN and infinities stay, a restart adds its points, pictures stay in the kept file', async () => {
    expect(await read('tensorboardX-2.6.5')).toMatchInlineSnapshot(`
      "found tensorboard at .
      loss: 0→1 1→0.5 2→0.33333334 3→0.25 4→0.2 3→0.125 4→0.1 5→0.083333336 6→0.071428575
      accuracy: 0→0 1→0.1 2→0.2 3→0.3 4→0.4
      odd: 0→NaN 1→Infinity -7→-0
      keep events.out.tfevents.1795271390.vm
      keep events.out.tfevents.1795271390.vm.restart"
    `)
  })

  test('PyTorch: both kinds of scalars, grouped ones below their folder, hyperparameters as parameters', async () => {
    expect(await read('torch-2.15.0')).toMatchInlineSnapshot(`
      "found tensorboard at .
      hparam/accuracy: 0→0.875
      both_train/both: 0→0 1→0.5 2→1 3→1.5
      both_valid/both: 0→0 1→0.25 2→0.5 3→0.75
      loss/train: 0→0.4 1→0.3 2→0.2 3→0.1
      lr: 0→0.0001 1→0.00003 2→0.000009 3→0.0000027
      precise: 0→0.3333333333333333 1→0.3333333333333333 2→0.3333333333333333 3→0.3333333333333333
      parameter optimizer = "adam"
      parameter batch_size = 64
      parameter lr = 0.0001
      parameter amp = 1
      keep 1795271495.0432675/events.out.tfevents.1795271495.vm.9389.3
      keep both_train/events.out.tfevents.1795271495.vm.9389.1
      keep both_valid/events.out.tfevents.1795271495.vm.9389.2
      keep events.out.tfevents.1795271495.vm.9389.0"
    `)
  })

  test('TensorFlow and Keras: scalars as tensors and the way before, folders as parts of names', async () => {
    expect(await read('tensorflow-2.21.0')).toMatchInlineSnapshot(`
      "found tensorboard at .
      custom/loss: 0→0.3 1→0.2 2→0.1
      fit/train/epoch_loss: 0→2.7680826 1→2.6510696
      fit/train/epoch_learning_rate: 0→0.01 1→0.01
      fit/validation/evaluation_loss_vs_iterations: 1→2.6510696 2→2.5398607
      fit/validation/epoch_loss: 0→2.6510696 1→2.5398607
      old/cost: 11→0.7
      parameter lr = 0.25
      parameter units = 8
      parameter name = "a"
      keep custom/events.out.tfevents.1795271387.vm.1629.0.v2
      keep fit/train/events.out.tfevents.1795271388.vm.1629.1.v2
      keep fit/validation/events.out.tfevents.1795271388.vm.1629.2.v2
      keep old/events.out.tfevents.1795271387.vm"
    `)
  })

  test('Lightning: hparams.yaml beside the events is typed, so it stands before the plugin', async () => {
    expect(await read('lightning-tensorboard-2.6.6')).toMatchInlineSnapshot(`
      "found tensorboard at version_0
      hp_metric: 0→-1
      train_loss: 1→0.73228425 3→1.7506127 5→0.20459825 7→0.86174786
      epoch: 1→0 3→0 5→1 7→1
      parameter width = 16
      parameter lr = 0.05
      keep version_0/events.out.tfevents.1795271342.vm.31722.0"
    `)
  })
})

describe('tables and documents', () => {
  test('DVCLive: tables by the name that was logged, final values, parameters, plots kept', async () => {
    expect(await read('dvclive-3.49.1')).toMatchInlineSnapshot(`
      "found dvclive at .
      accuracy: 0→0.5 1→0.6 2→0.7
      train/loss: 0→0.3333333333333333 1→0.25 2→0.2
      epoch = 2
      best = NaN
      parameter lr = 0.001
      parameter seed = 9223372036854775807
      parameter optimizer.name = "adam"
      parameter optimizer.betas = [0.9,0.999]
      keep plots/images/confusion.png
      keep plots/sklearn/cm.json"
    `)
  })

  test('Hugging Face: the state that came furthest', async () => {
    expect(await read('transformers-5.23.0')).toMatchInlineSnapshot(`
      "found trainer-state at .
      epoch: 4→0.5 8→1 8→1 12→1.5 16→2 16→2 16→2
      grad_norm: 4→1.1942578554153442 8→1.3829504251480103 12→1.286273717880249 16→1.370280385017395
      learning_rate: 4→0.000040625000000000005 8→0.000028125000000000003 12→0.000015625 16→0.000003125
      loss: 4→2.021000862121582 8→2.0261902809143066 12→2.030339002609253 16→2.0159530639648438
      eval_loss: 8→2.0093576908111572 16→2.0085322856903076
      eval_runtime: 8→0.3649 16→0.1105
      eval_samples_per_second: 8→21.927 16→72.415
      eval_steps_per_second: 8→2.741 16→9.052
      total_flos: 16→1363968
      train_loss: 16→2.0233708024024963
      train_runtime: 16→4.1626
      train_samples_per_second: 16→15.375
      train_steps_per_second: 16→3.844
      best_metric = 2.0085322856903076
      parameter max_steps = 16
      parameter num_train_epochs = 2
      parameter train_batch_size = 4
      parameter logging_steps = 4
      parameter eval_steps = 500
      parameter save_steps = 500
      keep trainer_state.json"
    `)
  })

  test('Lightning: sparse rows and hparams.yaml', async () => {
    expect(await read('lightning-2.6.6')).toMatchInlineSnapshot(`
      "found lightning-csv at version_0
      epoch: 1→0 3→0 3→0 5→1 7→1 7→1
      train_loss: 1→0.7322842478752136 3→1.750612735748291 5→0.20459824800491333 7→0.8617478609085083
      val_loss: 3→0.5190078020095825 7→0.22401046752929688
      parameter lr = 0.05
      parameter hidden = [4,4]
      parameter name = "line""
    `)
  })

  test('Keras: the history and the table of CSVLogger say the same, so they are one series a metric', async () => {
    expect(await read('keras-3.15.1')).toMatchInlineSnapshot(`
      "found history at history.json
      found history at training.csv
      loss: 0→1.3571244478225708 1→1.1408860683441162 2→0.970212459564209
      mae: 0→0.9861915111541748 1→0.8954921960830688 2→0.8140581846237183
      val_loss: 0→1.2124764919281006 1→1.0280327796936035 2→0.8778597116470337
      val_mae: 0→0.9257016777992249 1→0.8414670825004578 2→0.7716917991638184"
    `)
  })

  test('XGBoost: data set and metric are one name', async () => {
    expect(await read('xgboost-3.2.0')).toMatchInlineSnapshot(`
      "found history at evals_result.json
      train/logloss: 0→0.498015271127224 1→0.3754222095012665 2→0.29124303758144376
      train/error: 0→0 1→0 2→0
      valid/logloss: 0→0.498015271127224 1→0.3754222095012665 2→0.29124303758144376
      valid/error: 0→0 1→0 2→0"
    `)
  })
})
