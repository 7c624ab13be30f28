#!/usr/bin/env bash
# Scores the shipped models: score.sh DATASETS WORK, after train.sh. Default settings, so that diameters are estimated.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
run=${CELLPOSE3D:-$here/../../../cellpose3d}
D=$1 I=$2/data R=$2/scores
mkdir -p "$R"

score() { # model, name, folder, options of segment
    local model=$1 name=$2 folder=$3
    shift 3
    $run segment "$folder" -o "$R/$model-$name" --model "$model" --save masks -q "$@" > /dev/null
    $run evaluate --truth "$folder" --pred "$model=$R/$model-$name" --json > "$R/$model-$name.json" 2> /dev/null
    python3 - "$model" "$name" "$R/$model-$name.json" << 'P'
import json
import sys

scores = json.load(open(sys.argv[3]))["predictions"][0]
mean, pooled = scores["mean"], scores["pooled"]
print(f"{sys.argv[1]} {sys.argv[2]}: {scores['images']} images, {scores['true_cells']} cells, "
      f"AP@0.5 {mean['ap'][0]:.3f} mean, {pooled['ap'][0]:.3f} pooled; AP@0.75 {mean['ap'][5]:.3f} mean", flush=True)
P
}

[ "${3:-nuclei}" = nuclei ] && {
    score nuclei nuclei2d "$D/nuclei2d/val"
    score nuclei u2os "$D/nuclei2d_u2os/val"
    score nuclei ovule "$I/ovule"
    score nuclei ovule-held "$I/ovule-held"
}
[ "${3:-cyto}" = cyto ] && {
    score cyto phase2d "$D/phase2d/val"
    score cyto qpi "$D/cells2d_qpi/val"
    score cyto c2c12 "$D/cells2d_c2c12/val"
    score cyto microglia-trained-on "$D/cells2d_microglia/train"
    score cyto ecoli-trained-on "$D/cells2d_ecoli/train"
    score cyto nuclei2d "$D/nuclei2d/val"
    score cyto synthetic "$I/synthetic-test"
    score cyto synthetic-two "$I/synthetic-test-two" --chan 1 --chan2 2
}
exit 0
