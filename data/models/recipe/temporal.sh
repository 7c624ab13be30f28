#!/usr/bin/env bash
# Trains the shipped temporal flow head anew: temporal.sh WORK (one thread; resumes what was begun). WORK receives checkpoint, curve and head.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
run=$here/../../../cellpose3d
mkdir -p "$1"
export OMP_NUM_THREADS=1
"$run" train temporal -o "$1/temporal.safetensors" --encoder nuclei --steps "${STEPS:-5000}" --crop 112 --learning-rate 0.0025 --steps-per-movie 10 \
    --mixed-precision --calibrate 16 --seed 1 --resume
cp "$1/temporal.safetensors" "$here/../temporal.safetensors"
cp "$1/temporal.curve.csv" "$here/temporal.curve.csv"
