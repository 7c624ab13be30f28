# Zarr stores that the tests read: version 2 by python3-zarr 2.13 and numcodecs 0.11, version 3 put together by hand from
# its specification, as Debian has no writer of it. Run in this folder: /usr/bin/python3 make_zarr.py
import gzip
import json
import os
import shutil
import struct

import numpy as np
import zarr
from numcodecs import LZ4, Blosc, GZip, Zlib, Zstd

shutil.rmtree("zarr", ignore_errors=True)
shape, chunks = (5, 18, 22), (3, 10, 16)
values = (np.arange(np.prod(shape)) * 3 % 251).reshape(shape)


def v2(name, dtype="|u1", **kw):
    z = zarr.open(f"zarr/{name}", mode="w", shape=shape, chunks=chunks, dtype=dtype, **kw)
    z[:] = values


v2("plain", compressor=None)
v2("gzip_slash", compressor=GZip(5), dimension_separator="/")
v2("zlib_int16", "<i2", compressor=Zlib(5))
v2("zstd_big_endian_f", ">u2", compressor=Zstd(3), order="F")
v2("lz4", "<u2", compressor=LZ4())
for cname in ["blosclz", "lz4", "lz4hc", "zlib", "zstd"]:
    v2(f"blosc_{cname}", "<u2", compressor=Blosc(cname, 5, Blosc.SHUFFLE))
v2("blosc_zstd_bit", "<f4", compressor=Blosc("zstd", 5, Blosc.BITSHUFFLE))
v2("blosc_lz4_none", "<f8", compressor=Blosc("lz4", 5, Blosc.NOSHUFFLE))


def crc32c(data):
    crc = 0xFFFFFFFF
    for b in data:
        crc ^= b
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def put(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(data)


def dump(path, what):
    put(path, json.dumps(what, indent=1).encode())


def array3(folder, data, chunk, codecs, pack, separator="/", key="default", names=None, fill=0):
    dump(f"{folder}/zarr.json", {
        "zarr_format": 3, "node_type": "array", "shape": list(data.shape), "data_type": str(data.dtype),
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": list(chunk)}},
        "chunk_key_encoding": {"name": key, "configuration": {"separator": separator}},
        "fill_value": fill, "codecs": codecs, "attributes": {}, **({"dimension_names": names} if names else {})})
    for index in np.ndindex(*[-(-s // c) for s, c in zip(data.shape, chunk)]):
        block = np.zeros(chunk, data.dtype)
        part = data[tuple(slice(i * c, (i + 1) * c) for i, c in zip(index, chunk))]
        block[tuple(slice(0, n) for n in part.shape)] = part
        numbers = [str(i) for i in index]
        name = separator.join((["c"] if key == "default" else []) + numbers)
        put(f"{folder}/{name}", pack(block))


def bytes_codec(endian="little"):
    return {"name": "bytes", "configuration": {"endian": endian}}


gz = {"name": "gzip", "configuration": {"level": 5}}
crc = {"name": "crc32c"}
u2 = values.astype("uint16")
squeeze = lambda b: gzip.compress(b, 5, mtime=0)
array3("zarr/v3_gzip", u2, chunks, [bytes_codec(), gz], lambda b: squeeze(b.astype("<u2").tobytes()))
array3("zarr/v3_big_dot", u2, chunks, [bytes_codec("big")], lambda b: b.astype(">u2").tobytes(), separator=".")
array3("zarr/v3_v2_keys_names", values.astype("uint8"), chunks, [{"name": "bytes"}], lambda b: b.tobytes(), separator=".", key="v2", names=["z", "y", "x"])
array3("zarr/v3_transpose", u2, chunks, [{"name": "transpose", "configuration": {"order": [2, 0, 1]}}, bytes_codec(), gz],
       lambda b: squeeze(np.ascontiguousarray(b.transpose(2, 0, 1)).astype("<u2").tobytes()))
array3("zarr/v3_crc32c", values.astype("float32"), chunks, [bytes_codec(), crc],
       lambda b: b.astype("<f4").tobytes() + struct.pack("<I", crc32c(b.astype("<f4").tobytes())))
array3("zarr/v3_blosc", u2, chunks, [bytes_codec(), {"name": "blosc", "configuration": {"cname": "lz4", "clevel": 5, "shuffle": "shuffle", "typesize": 2, "blocksize": 0}}],
       lambda b: Blosc("lz4", 5, Blosc.SHUFFLE).encode(b.astype("<u2").tobytes()))
array3("zarr/v3_zstd", u2, chunks, [bytes_codec(), {"name": "zstd", "configuration": {"level": 3, "checksum": False}}], lambda b: Zstd(3).encode(b.astype("<u2").tobytes()))


def sharded(name, location):
    inner = (3, 5, 8)

    def pack(block):
        index, data = [], b""
        start = 0 if location == "end" else 16 * 8 + 4
        for i in np.ndindex(*[s // c for s, c in zip(block.shape, inner)]):
            part = block[tuple(slice(n * c, (n + 1) * c) for n, c in zip(i, inner))]
            if not part.any():
                index += [2**64 - 1, 2**64 - 1]
                continue
            stored = squeeze(np.ascontiguousarray(part).astype("<u2").tobytes())
            index += [start + len(data), len(stored)]
            data += stored
        table = struct.pack(f"<{len(index)}Q", *index)
        table += struct.pack("<I", crc32c(table))
        return data + table if location == "end" else table + data

    configuration = {"chunk_shape": list(inner), "codecs": [bytes_codec(), gz], "index_codecs": [bytes_codec(), crc], "index_location": location}
    array3(f"zarr/{name}", u2, (6, 10, 16), [{"name": "sharding_indexed", "configuration": configuration}], pack)


sharded("v3_sharded", "end")
sharded("v3_sharded_start", "start")

# OME-Zarr images of two time points, two channels and two levels, with labels inside
image = np.arange(2 * 2 * 3 * 8 * 10, dtype="uint16").reshape(2, 2, 3, 8, 10)
labels = (70000 + np.arange(3 * 8 * 10, dtype="uint32")).reshape(3, 8, 10)
axes = [{"name": "t", "type": "time", "unit": "second"}, {"name": "c", "type": "channel"}] + [
    {"name": n, "type": "space", "unit": "micrometer"} for n in "zyx"]
omero = {"channels": [{"label": "DAPI", "color": "0000FF"}, {"label": "membrane", "color": "00FF00"}]}


def scale(*s):
    return [{"type": "scale", "scale": list(s)}]


def multiscales(version):
    first = {"axes": axes, "datasets": [{"path": "0", "coordinateTransformations": scale(1, 1, 4, 1, 0.5)}, {"path": "1", "coordinateTransformations": scale(1, 1, 4, 2, 1)}],
             "coordinateTransformations": scale(30, 1, 0.5, 0.5, 0.5)}
    return [dict(first, version=version) if version == "0.4" else first]


def label_scales(version):
    first = {"axes": axes[2:], "datasets": [{"path": "0", "coordinateTransformations": scale(2, 0.5, 0.25)}]}
    return [dict(first, version=version) if version == "0.4" else first]


root = "zarr/v2.ome.zarr"
group = zarr.open_group(root, mode="w")
group.attrs.put({"multiscales": multiscales("0.4"), "omero": omero})
group.create_dataset("0", data=image, chunks=(1, 1, 2, 5, 10), dimension_separator="/", compressor=Blosc("lz4"))
group.create_dataset("1", data=image[..., ::2, ::2], chunks=(1, 1, 3, 4, 5), dimension_separator="/", compressor=Blosc("lz4"))
group.create_group("labels").attrs.put({"labels": ["cells"]})
cells = group.create_group("labels/cells")
cells.attrs.put({"multiscales": label_scales("0.4"), "image-label": {"version": "0.4", "source": {"image": "../../"}}})
cells.create_dataset("0", data=labels, chunks=(3, 8, 8), dimension_separator="/", compressor=Zstd(3))


def group3(path, attributes):
    dump(f"{path}/zarr.json", {"zarr_format": 3, "node_type": "group", "attributes": attributes})


root = "zarr/v3.ome.zarr"
group3(root, {"ome": {"version": "0.5", "multiscales": multiscales("0.5"), "omero": omero}})
pack = lambda t: lambda b: squeeze(b.astype(t).tobytes())
array3(f"{root}/0", image, (1, 1, 2, 5, 10), [bytes_codec(), gz], pack("<u2"), names=list("tczyx"))
array3(f"{root}/1", np.ascontiguousarray(image[..., ::2, ::2]), (1, 1, 3, 4, 5), [bytes_codec(), gz], pack("<u2"), names=list("tczyx"))
group3(f"{root}/labels", {"ome": {"version": "0.5", "labels": ["cells"]}})
group3(f"{root}/labels/cells", {"ome": {"version": "0.5", "multiscales": label_scales("0.5"), "image-label": {"source": {"image": "../../"}}}})
array3(f"{root}/labels/cells/0", labels, (3, 8, 8), [bytes_codec(), gz], pack("<u4"), names=list("zyx"))
