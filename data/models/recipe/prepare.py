#!/usr/bin/env python3
"""Sorts the real images into the folders that the shipped models are trained on.

prepare.py DATASETS OUT: links images of DATASETS/nuclei2d by how they look, and cuts planes of every third position, along all three axes,
out of volumes (Debian: python3-h5py python3-numpy python3-opencv python3-tifffile). Volumes named in HELD are left for scoring.
"""
import os
import sys

import cv2
import h5py
import numpy as np
import tifffile

HELD = {"1137_mini", "rgb_3D_c"}
STEP = 3


def link(source, folder, out):
    target = os.path.join(out, folder)
    os.makedirs(target, exist_ok=True)
    for path in (source, source.replace("_img.", "_masks.")):
        place = os.path.join(target, os.path.basename(path))
        if not os.path.lexists(place):
            os.symlink(os.path.abspath(path), place)


def nuclei2d(datasets, out):
    folder = os.path.join(datasets, "nuclei2d", "train")
    for name in sorted(n for n in os.listdir(folder) if n.endswith("_img.png")):
        path = os.path.join(folder, name)
        image = cv2.imread(path, cv2.IMREAD_UNCHANGED)
        cells = cv2.imread(path.replace("_img.", "_masks."), cv2.IMREAD_UNCHANGED) > 0
        grey = image.mean(axis=2) if image.ndim == 3 else image
        light = cells.any() and grey[cells].mean() < grey[~cells].mean()
        link(path, "nuclei-light" if light else "nuclei-dark", out)


def planes(name, image, labels, spacing, folder, out):
    target = os.path.join(out, folder)
    os.makedirs(target, exist_ok=True)
    for axis in range(3):
        rest = [s for i, s in enumerate(spacing) if i != axis]
        for z in range(STEP // 2, image.shape[axis], STEP):
            plane, cells = np.take(image, z, axis).astype(np.float32), np.take(labels, z, axis).astype(np.uint16)
            size = (round(plane.shape[1] * rest[1] / min(rest)), round(plane.shape[0] * rest[0] / min(rest)))
            plane = cv2.resize(plane, size, interpolation=cv2.INTER_LINEAR)
            cells = cv2.resize(cells, size, interpolation=cv2.INTER_NEAREST)
            stem = os.path.join(target, f"{name}_{'zyx'[axis]}{z:03d}")
            tifffile.imwrite(stem + "_img.tif", plane)
            tifffile.imwrite(stem + "_masks.tif", cells)


def volumes(datasets, out):
    for name in ("1135_mini", "1136_mini", "1137_mini"):
        with h5py.File(os.path.join(datasets, "volumes", "ovule_nuclei", name + ".h5")) as file:
            spacing = file["raw"].attrs.get("element_size_um", [0.28, 0.127, 0.127])
            planes(name, file["raw"][:], file["label"][:], spacing, "ovule-held" if name in HELD else "ovule", out)
    for name in ("rgb_3D_0", "rgb_3D_1"):
        stem = os.path.join(datasets, "volumes", "plantseg_rgb3d", name)
        planes(name, tifffile.imread(stem + ".tiff"), tifffile.imread(stem + "_segm.tiff"), [1, 1, 1], "plant-membranes", out)
    stem = os.path.join(datasets, "volumes", "plantseg_rgb3d", "rgb_3D_c")
    image, labels = tifffile.imread(stem + "_raw.tif"), tifffile.imread(stem + "_seg_.tif")
    planes("rgb_3D_c", image[0], labels[0], [1, 1, 1], "plant-membranes-held", out)


if __name__ == "__main__":
    nuclei2d(sys.argv[1], sys.argv[2])
    volumes(sys.argv[1], sys.argv[2])
