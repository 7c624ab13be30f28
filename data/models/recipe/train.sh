#!/usr/bin/env bash
# Trains the shipped models anew: train.sh DATASETS WORK (a first network, then nuclei and cyto side by side, one thread each; resumes what was begun).
# DATASETS holds the folders of real images that the models' cards name; WORK receives links, synthetic images, checkpoints and models.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
run=$here/../../../cellpose3d
D=$1 I=$2/data M=$2/run
mkdir -p "$I" "$M"
export OMP_NUM_THREADS=1

python3 "$here/prepare.py" "$D" "$I"
make() { # folder, side, seed, then kind:count...
    local folder=$1 side=$2 seed=$3
    shift 3
    for kind in "$@"; do
        "$run" synth cells2d -o "$I/$folder" --kind "${kind%:*}" --count "${kind#*:}" --size "$side" --seed "$seed" -q
    done
}
one=(nuclei nuclei-tissue cytoplasm inverted epithelium neurons phase-contrast bright-field relief quantitative-phase bacteria
    histology-eosin histology-haematoxylin pebbles fruit scales)
two=(cytoplasm-nuclei epithelium-nuclei)
hard=(phase-contrast:70 bright-field:70 bacteria:60 inverted:60 nuclei-tissue:40 neurons:50 relief:50 pebbles:50 histology-eosin:50
    cytoplasm:60 epithelium:40 histology-haematoxylin:20)
make synthetic-nuclei 320 100000 nuclei:160 nuclei-tissue:120 histology-eosin:120 histology-haematoxylin:120
make synthetic-cells 320 200000 "${one[@]/%/:50}"
make synthetic-two 320 200000 "${two[@]/%/:60}"
make synthetic-hard 320 300000 "${hard[@]}"
make synthetic-two-more 320 300000 cytoplasm-nuclei:50 epithelium-nuclei:30
make synthetic-val 320 800000 "${one[@]/%/:1}"
make synthetic-val-two 320 800000 "${two[@]/%/:1}"
make synthetic-test 384 900000 "${one[@]/%/:4}"
make synthetic-test-two 384 900000 "${two[@]/%/:4}"

common=(--vary-intensity --invert 0.1 --base 16 --crop 112 --optimizer adamw --schedule cosine --images-per-epoch 640 --device cpu)
resume() { if [ -f "$M/$1.checkpoint.safetensors" ]; then echo --resume; fi; }
nuclei=("$I/nuclei-dark" "$I/nuclei-light" "$D/nuclei2d_u2os/train" "$I/ovule" "$I/synthetic-nuclei" --min-train-masks 2 --diam-mean 17
    --validate "$D/nuclei2d/val")

# from noise; its weights, rounded to float16, are where both models begin
if [ ! -f "$M/first.export.safetensors" ]; then
    "$run" train "${nuclei[@]}" -o "$M/first.safetensors" $(resume first) --epochs 80 --learning-rate 0.003 --validate-every 20 --seed 1 \
        --share nuclei-dark=4 --share nuclei-light=2 --share "$D/nuclei2d_u2os/train=1" --share ovule=0.7 --share synthetic-nuclei=2.3 "${common[@]}"
    "$run" models export "$M/first.safetensors" -o "$M/first.export.safetensors"
fi

"$run" train "${nuclei[@]}" -o "$M/nuclei.safetensors" --init "$M/first.export.safetensors" $(resume nuclei) --epochs 70 --learning-rate 0.002 --validate-every 35 --seed 2 \
    --share nuclei-dark=4.5 --share nuclei-light=2 --share "$D/nuclei2d_u2os/train=1.2" --share ovule=1 --share synthetic-nuclei=1.5 --mixed-precision "${common[@]}" &
cells() { # name, weights it begins with, epochs, seed, synthetic folders and options...
    local name=$1 init=$2 epochs=$3 seed=$4
    shift 4
    "$run" train "$D"/{phase2d,cells2d_qpi,cells2d_microglia,cells2d_ecoli,cells2d_c2c12}/train "$I/nuclei-dark" "$I/nuclei-light" "$D/nuclei2d_u2os/train" \
        "$I/ovule" "$I/plant-membranes" "$@" -o "$M/$name.safetensors" --init "$init" $(resume "$name") \
        --channels synthetic-two=1,2 --channels synthetic-val-two=1,2 --min-train-masks 3 --diam-mean 30 --epochs "$epochs" --learning-rate 0.003 --seed "$seed" \
        --share "$D/phase2d/train=2" --share "$D/cells2d_qpi/train=1.5" --share "$D/cells2d_microglia/train=0.5" --share "$D/cells2d_ecoli/train=0.4" \
        --share "$D/cells2d_c2c12/train=0.6" --share nuclei-dark=0.6 --share nuclei-light=0.4 --share "$D/nuclei2d_u2os/train=0.2" --share ovule=0.1 \
        --share plant-membranes=0.5 --share synthetic-two=0.8 --mixed-precision \
        --validate "$D/phase2d/val" "$D/cells2d_qpi/val" "$I/synthetic-val" "$I/synthetic-val-two" --validate-every 25 "${common[@]}"
}
# on all kinds alike, then from there with more images of the kinds that scored lowest
(
    if [ ! -f "$M/cyto-begun.export.safetensors" ]; then
        cells cyto-begun "$M/first.export.safetensors" 100 2 "$I/synthetic-cells" "$I/synthetic-two" --share synthetic-cells=5
        "$run" models export "$M/cyto-begun.safetensors" -o "$M/cyto-begun.export.safetensors"
    fi
    cells cyto "$M/cyto-begun.export.safetensors" 125 3 "$I/synthetic-cells" "$I/synthetic-hard" "$I/synthetic-two" "$I/synthetic-two-more" --channels synthetic-two-more=1,2 \
        --share synthetic-cells=4 --share synthetic-hard=4 --share synthetic-two-more=0.6
) &
wait -n && wait -n
for model in nuclei cyto; do
    "$run" models export "$M/$model.safetensors" -o "$here/../$model.safetensors"
done
