"""Writes the fixture images of this folder; see README.md. Run with numpy, tifffile, Pillow and OpenCV."""
import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import tifffile
from PIL import Image, TiffImagePlugin

HERE = Path(__file__).parent
Y, X = 19, 23


def ramp(*over, y=Y, x=X):
    """v = x + 2y + 7c + 40z + 100t, at most 252; `over` gives (letter, length) of further axes."""
    v = np.add.outer(2 * np.arange(y), np.arange(x))
    for letter, n in reversed(over):
        step = {"c": 7, "z": 40, "t": 100}[letter]
        v = np.stack([v + step * i for i in range(n)])
    return v


def scaled(v, name):
    rules = {
        "uint8": lambda v: v, "int8": lambda v: v - 100, "uint16": lambda v: v * 257, "int16": lambda v: v * 200 - 20000,
        "uint32": lambda v: v * 16_000_000, "int32": lambda v: v * 8_000_000 - 1_000_000_000,
        "uint64": lambda v: v * 16_000_000, "int64": lambda v: v * 8_000_000 - 1_000_000_000,
        "float16": lambda v: v * 0.5 - 3.25, "float32": lambda v: v * 0.5 - 3.25, "float64": lambda v: v * 0.5 - 3.25,
    }
    return rules[name](v.astype(np.float64)).astype(name)


def plain(name, data, **kw):
    tifffile.imwrite(HERE / name, data, metadata=None, **kw)


# one page, every sample type; both byte orders, strips and tiles, plain and deflated
for t in ["uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "float16", "float32", "float64"]:
    plain(f"type_{t}.tif", scaled(ramp(), t), rowsperstrip=8)
    if t not in ("int8", "uint64", "int64"):
        plain(f"big_endian_{t}.tif", scaled(ramp(), t), byteorder=">")
plain("bool.tif", ramp() % 3 == 0, photometric="minisblack")
grey16 = scaled(ramp(), "uint16")
plain("tiles.tif", grey16, tile=(16, 16))
plain("tiles_deflate.tif", grey16, tile=(16, 16), compression="zlib")
plain("bigtiff.tif", grey16, bigtiff=True, rowsperstrip=8)
plain("bigtiff_big_endian_tiles_deflate.tif", grey16, bigtiff=True, byteorder=">", tile=(16, 16), compression="zlib")
plain("deflate.tif", grey16, compression="zlib", rowsperstrip=8)
plain("deflate_float64.tif", scaled(ramp(), "float64"), compression="zlib")
plain("min_is_white.tif", scaled(ramp(), "uint8"), photometric="miniswhite")
plain("pages.tif", scaled(ramp(("z", 3)), "uint16"), photometric="minisblack", rowsperstrip=8)

# colour
rgb = np.moveaxis(scaled(ramp(("c", 3)), "uint8"), 0, -1)
plain("rgb.tif", rgb, photometric="rgb")
plain("rgb_planar.tif", np.moveaxis(rgb, -1, 0).copy(), photometric="rgb", planarconfig="separate")
plain("rgb_planar_tiles_deflate.tif", np.moveaxis(rgb, -1, 0).copy(), photometric="rgb", planarconfig="separate", tile=(16, 16), compression="zlib")
plain("rgba.tif", np.moveaxis(scaled(ramp(("c", 4)), "uint16"), 0, -1), photometric="rgb", extrasamples=["unassalpha"])

# Pillow: LZW, predictor, palette, JPEG inside TIFF
for name, comp in [("packbits", "packbits"), ("lzw", "tiff_lzw"), ("lzw_predictor", "tiff_lzw"), ("deflate_predictor", "tiff_adobe_deflate")]:
    info = TiffImagePlugin.ImageFileDirectory_v2()
    if "predictor" in name:
        info[317] = 2
    for kind, image in [("uint8", Image.fromarray(scaled(ramp(), "uint8"))), ("uint16", Image.fromarray(grey16)), ("rgb", Image.fromarray(rgb))]:
        image.save(HERE / f"{name}_{kind}.tif", compression=comp, tiffinfo=info)
palette = Image.fromarray((ramp() % 5).astype(np.uint8), mode="P")
palette.putpalette([0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255, 10, 20, 30])
palette.save(HERE / "palette.tif")
palette.save(HERE / "palette.png")
Image.fromarray(np.full((16, 16, 3), (200, 100, 50), np.uint8)).save(HERE / "jpeg_inside.tif", compression="jpeg", quality=100)


# by hand: predictor 3 (floats in byte planes, differenced), which no writer here offers
def float_differences(a):
    rows = []
    for row in a.astype(">f4"):
        planes = np.frombuffer(row.tobytes(), np.uint8).reshape(-1, 4).T.reshape(-1).astype(np.int16)
        rows.append(np.diff(planes, prepend=0).astype(np.uint8).tobytes())
    return b"".join(rows)


def literal_lzw(data):
    """LZW without one repetition: a clear code before every 200 bytes keeps all codes at 9 bits."""
    codes = []
    for i, b in enumerate(data):
        codes += ([256] if i % 200 == 0 else []) + [b]
    bits = "".join(format(c, "09b") for c in [*codes, 257])
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8))


def by_hand(name, width, height, bits, fmt, compression, data, photometric=1, extra=()):
    entries = [(256, 4, width), (257, 4, height), (258, 3, bits), (259, 3, compression), (262, 3, photometric), (273, 4, 8), (277, 3, 1),
               (278, 4, height), (279, 4, len(data)), (339, 3, fmt), *extra]
    entries.sort()
    at = 8 + len(data) + len(data) % 2
    out = struct.pack("<2sHI", b"II", 42, at) + data + b"\0" * (len(data) % 2) + struct.pack("<H", len(entries))
    for tag, kind, value in entries:
        out += struct.pack("<HHII", tag, kind, 1, value) if kind == 4 else struct.pack("<HHIHH", tag, kind, 1, value, 0)
    (HERE / name).write_bytes(out + b"\0\0\0\0")


floats = float_differences(scaled(ramp(), "float32"))
by_hand("float_predictor.tif", X, Y, 32, 3, 8, zlib.compress(floats), extra=[(317, 3, 3)])
by_hand("float_predictor_lzw.tif", X, Y, 32, 3, 5, literal_lzw(floats), extra=[(317, 3, 3)])
longs = np.diff(scaled(ramp(), "uint64"), axis=1, prepend=np.uint64(0)).astype("<u8").tobytes()
by_hand("predictor_uint64.tif", X, Y, 64, 1, 8, zlib.compress(longs), extra=[(317, 3, 2)])
reverse = bytes(int(format(b, "08b")[::-1], 2) for b in range(256))
by_hand("fill_order_deflate.tif", X, Y, 8, 1, 8, zlib.compress(scaled(ramp(), "uint8").tobytes()).translate(reverse), extra=[(266, 3, 2)])


def packed(values, bits):
    rows = []
    for row in values:
        s = "".join(format(int(v), f"0{bits}b") for v in row)
        s += "0" * (-len(s) % 8)
        rows.append(bytes(int(s[i:i + 8], 2) for i in range(0, len(s), 8)))
    return b"".join(rows)


by_hand("bits4.tif", X, Y, 4, 1, 1, packed(ramp() % 16, 4))
by_hand("bits12.tif", X, Y, 12, 1, 1, packed(ramp() * 10, 12))
by_hand("fill_order.tif", X, Y, 8, 1, 1, bytes(int(format(b, "08b")[::-1], 2) for b in scaled(ramp(), "uint8").tobytes()), extra=[(266, 3, 2)])

# axes: ImageJ, OME-XML, tifffile's shape
tzc = scaled(np.moveaxis(ramp(("t", 2), ("c", 2), ("z", 3)), 1, 2), "uint16")          # [T, Z, C, Y, X]
common = dict(resolution=(1 / 0.325, 1 / 0.325))
tifffile.imwrite(HERE / "imagej_tzcyx.tif", tzc, imagej=True, metadata={"axes": "TZCYX", "spacing": 1.5, "unit": "um", "finterval": 30.0}, **common)
tifffile.imwrite(HERE / "imagej_deflate.tif", tzc, imagej=True, compression="zlib", metadata={"axes": "TZCYX", "spacing": 1.5, "unit": "um", "finterval": 30.0}, **common)
tifffile.imwrite(HERE / "imagej_rgb.tif", np.stack([rgb, rgb]), imagej=True, metadata={"axes": "ZYXS"})
# ImageJ's own form for more than 4 GB: one header, then all planes
stack = scaled(ramp(("z", 3)), "uint16").astype(">u2")
with tifffile.TiffWriter(HERE / "imagej_one_header.tif", byteorder=">") as w:
    w.write(stack[0], description="ImageJ=1.53t\nimages=3\nslices=3\nunit=\\u00B5m\nspacing=2.0\n", metadata=None, resolution=(2, 2), resolutionunit="none")
with open(HERE / "imagej_one_header.tif", "r+b") as f:
    with tifffile.TiffFile(f) as tif:
        at = tif.pages[0].dataoffsets[0]
    f.seek(at)
    f.write(stack.tobytes())
ome = dict(PhysicalSizeX=325, PhysicalSizeXUnit="nm", PhysicalSizeY=0.000325, PhysicalSizeYUnit="mm", PhysicalSizeZ=1.5,
           TimeIncrement=500, TimeIncrementUnit="ms", Channel={"Name": ["DAPI", "GFP"]})
tifffile.imwrite(HERE / "ome_tczyx.ome.tif", scaled(ramp(("t", 2), ("c", 2), ("z", 3)), "uint16"), ome=True, metadata={"axes": "TCZYX", **ome}, compression="zlib")
tifffile.imwrite(HERE / "ome_rgb.ome.tif", rgb, ome=True, photometric="rgb", metadata={"axes": "YXS"})
tifffile.imwrite(HERE / "ome_bigtiff_tiles.ome.tif", scaled(ramp(("c", 2), ("z", 3)), "float32"), ome=True, bigtiff=True, tile=(16, 16), metadata={"axes": "CZYX"})
# pages in another order than the planes, told by TiffData
xml = ('<?xml version="1.0" encoding="UTF-8"?><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"><Image ID="Image:0">'
       f'<Pixels ID="Pixels:0" DimensionOrder="XYZCT" Type="uint16" SizeX="{X}" SizeY="{Y}" SizeZ="3" SizeC="1" SizeT="1">'
       + "".join(f'<TiffData FirstZ="{z}" IFD="{2 - z}" PlaneCount="1"/>' for z in range(3)) + "</Pixels></Image></OME>")
tifffile.imwrite(HERE / "ome_reversed_pages.tif", scaled(ramp(("z", 3)), "uint16")[::-1], photometric="minisblack", description=xml, metadata=None)
several = xml.replace('<TiffData FirstZ="2" IFD="0" PlaneCount="1"/>',
                      '<TiffData FirstZ="2" IFD="0" PlaneCount="1"><UUID FileName="b.tif">urn:uuid:2</UUID></TiffData>')
several = several.replace('IFD="2" PlaneCount="1"/>', 'IFD="2" PlaneCount="1"><UUID FileName="a.tif">urn:uuid:1</UUID></TiffData>')
tifffile.imwrite(HERE / "ome_several_files.tif", scaled(ramp(("z", 3)), "uint16"), photometric="minisblack", description=several, metadata=None)
tifffile.imwrite(HERE / "shaped_axes.tif", scaled(ramp(("c", 2), ("z", 3)), "uint16"), photometric="minisblack", metadata={"axes": "CZYX"}, resolution=(1e4 / 0.5, 1e4 / 0.5), resolutionunit="CENTIMETER")
tifffile.imwrite(HERE / "shaped.tif", scaled(ramp(("z", 6))[:, :, :] // 2, "uint16"), photometric="minisblack")
tifffile.imwrite(HERE / "shaped_two_planes.tif", scaled(ramp(("c", 2)), "uint16"), photometric="minisblack")
with tifffile.TiffWriter(HERE / "shaped_one_by_one.tif") as w:
    for plane in scaled(ramp(("z", 3)), "uint16"):
        w.write(plane, contiguous=False)
with tifffile.TiffWriter(HERE / "page_sizes.tif") as w:
    w.write(np.zeros((12, 12), np.uint8), metadata=None)
    w.write(np.zeros((12, 10), np.uint8), metadata=None)

# PNG and JPEG
cv2.imwrite(str(HERE / "grey8.png"), scaled(ramp(), "uint8"))
cv2.imwrite(str(HERE / "grey16.png"), grey16)
cv2.imwrite(str(HERE / "rgb8.png"), rgb[:, :, ::-1])
cv2.imwrite(str(HERE / "rgb16.png"), np.moveaxis(scaled(ramp(("c", 3)), "uint16"), 0, -1)[:, :, ::-1])
rgba = np.moveaxis(scaled(ramp(("c", 4)), "uint8"), 0, -1)
cv2.imwrite(str(HERE / "rgba8.png"), rgba[:, :, [2, 1, 0, 3]])
Image.fromarray(scaled(ramp(), "uint8")).convert("LA").save(HERE / "grey_alpha.png")
Image.fromarray(ramp() % 3 == 0).save(HERE / "bits1.png")
cv2.imwrite(str(HERE / "grey.jpg"), np.full((Y, X), 77, np.uint8))
exif = Image.Exif()
exif[0x0112] = 6                                                       # "rotate by 90 degrees"
half = np.zeros((16, 32, 3), np.uint8)
half[:, :16] = (250, 20, 20)
Image.fromarray(half).save(HERE / "rgb_rotation_note.jpg", quality=95, exif=exif)

# NumPy
np.save(HERE / "zyx.npy", scaled(ramp(("z", 3)), "uint16")[:, :, :].repeat(2, axis=0))
np.save(HERE / "fortran_big_endian.npy", np.asfortranarray(scaled(ramp(), "float64").astype(">f8")))
np.savez(HERE / "two_arrays.npz", masks=scaled(ramp(), "uint32"), flows=scaled(ramp(), "float32"))
np.savez_compressed(HERE / "one_array.npz", anything=scaled(ramp(), "uint16"))
