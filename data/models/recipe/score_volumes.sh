#!/usr/bin/env bash
# Scores the shipped models on real volumes in 3D: score_volumes.sh DATASETS WORK [FUSION...]. Prints a markdown table: average precision at
# IoU 0.5 and 0.75 with default settings and with each fusion. Diameters are estimated; the voxel size of mouse_embryo, which its
# file does not hold, is given as the data's description has it. Results and pictures stay in WORK.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
run=${CELLPOSE3D:-$here/../../../cellpose3d}
V=$1/volumes W=$2
shift 2
fusions=("${@:-default}")
[ $# -gt 0 ] || fusions=(default sum probability resolution length)
mkdir -p "$W"

volumes=( # name | model | image | truth | options of segment
    "ovule_nuclei 1135|nuclei|ovule_nuclei/1135_mini.h5|ovule_nuclei/1135_mini.h5:/label|"
    "ovule_nuclei 1136|nuclei|ovule_nuclei/1136_mini.h5|ovule_nuclei/1136_mini.h5:/label|"
    "ovule_nuclei 1137 (damaged)|nuclei|ovule_nuclei/1137_mini.h5|ovule_nuclei/1137_mini.h5:/label|"
    "mouse_embryo|nuclei|mouse_embryo/8_cell_img.tif|mouse_embryo/8_cell_masks.tif|--anisotropy 2.1875"
    "stardist_demo|nuclei|stardist_demo/img3d.tif|stardist_demo/mask3d.tif|--axes ZYX"
    "plantseg rgb_3D_0|cyto|plantseg_rgb3d/rgb_3D_0.tiff|plantseg_rgb3d/rgb_3D_0_segm.tiff|"
    "plantseg rgb_3D_1|cyto|plantseg_rgb3d/rgb_3D_1.tiff|plantseg_rgb3d/rgb_3D_1_segm.tiff|"
)

for fusion in "${fusions[@]}"; do
    option=()
    [ "$fusion" = default ] || option=(--fusion "$fusion")
    n=0
    for line in "${volumes[@]}"; do
        IFS='|' read -r name model image truth more <<< "$line"
        n=$((n + 1)) out=$W/$fusion/$n
        stem=$(basename "${image%.*}")
        [ -f "$W/truth$n.tif" ] || "$run" convert "$V/$truth" "$W/truth$n.tif" --axes ZYX -q > /dev/null
        # shellcheck disable=SC2086
        "$run" segment "$V/$image" -o "$out" --model "$model" --do-3d $more "${option[@]}" -q > /dev/null
        "$run" evaluate --truth "$W/truth$n.tif" --pred "$fusion=$out/${stem}_cp_masks.tif" --thresholds 0.5,0.75 --metrics ap --json > "$out/scores.json" 2> /dev/null
        printf '%s|%s|%s|%s|%s\n' "$fusion" "$name" "$model" "$out/scores.json" "$out/run.json" >> "$W/list.$$"
    done
done
python3 - "$W/list.$$" << 'P'
import json
import sys

rows, fusions = {}, []
for line in open(sys.argv[1]):
    fusion, name, model, scores, run = line.rstrip("\n").split("|")
    s = json.load(open(scores))["predictions"][0]
    plan = json.load(open(run))["images"][0]["volumes"][0]["plan"]
    if fusion not in fusions:
        fusions.append(fusion)
    rows.setdefault((name, model), {})[fusion] = (s["mean"]["ap"], s["true_cells"], s["predicted_cells"], plan["diameter"])
print("| volume | model | diameter | cells: truth, found | " + " | ".join(f"{f}: AP@0.5, 0.75" for f in fusions) + " |")
print("|---" * (4 + len(fusions)) + "|")
sums = {f: [0.0, 0.0, 0] for f in fusions}
for (name, model), found in rows.items():
    first = found[fusions[0]]
    cells = [f"{found[f][0][0]:.3f}, {found[f][0][1]:.3f}" for f in fusions]
    print(f"| {name} | {model} | {first[3]:.1f} | {first[1]}, {first[2]} | " + " | ".join(cells) + " |")
    if "damaged" not in name:
        for f in fusions:
            sums[f] = [sums[f][0] + found[f][0][0], sums[f][1] + found[f][0][1], sums[f][2] + 1]
print("| mean without the damaged one | | | | " + " | ".join(f"{a / n:.3f}, {b / n:.3f}" for a, b, n in sums.values()) + " |")
P
rm "$W/list.$$"
