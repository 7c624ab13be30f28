"""Makes tests/Golden/measure: labels, intensities and what scikit-image's regionprops_table says of them."""
import json, sys, gzip, io
import numpy as np
from scipy import ndimage as ndi
from skimage.measure import regionprops_table
out = sys.argv[1]
rng = np.random.default_rng(7)

def save(name, a):
    b = io.BytesIO(); np.save(b, a)
    with open(f'{out}/{name}.npy.gz', 'wb') as f, gzip.GzipFile(fileobj=f, mode='wb', mtime=0) as g: g.write(b.getvalue())

def cells(shape, n, gaps):
    field = ndi.gaussian_filter(rng.standard_normal(shape), [2.0] * len(shape))
    seeds = [tuple(rng.integers(0, s) for s in shape) for _ in range(n)]
    grid = np.stack(np.meshgrid(*[np.arange(s) for s in shape], indexing='ij'), -1).astype(float)
    d = np.stack([((grid - s) ** 2).sum(-1) for s in seeds])
    lab = d.argmin(0) + 1
    lab[field < np.quantile(field, .35)] = 0
    lab[d.min(0) > (shape[-1] * .22) ** 2] = 0
    return (lab * gaps).astype(np.int32)

PROPS = ['label', 'area', 'bbox', 'centroid', 'equivalent_diameter_area', 'extent', 'axis_major_length', 'axis_minor_length',
         'euler_number', 'intensity_mean', 'intensity_min', 'intensity_max']
def intensity_std(mask, img): return np.std(img[mask], axis=0)

def write(name, lab, img, props):
    t = regionprops_table(lab, img, properties=props, extra_properties=(intensity_std,))
    save(name + '_labels', lab)
    save(name + '_image', np.moveaxis(img, -1, 0).astype(np.float32))
    with open(f'{out}/{name}.json', 'w') as f:
        json.dump({k: [float(x) for x in v] for k, v in t.items()}, f)
    print(name, lab.shape, len(t['label']))

lab = cells((61, 74), 17, 3)
lab[5, 5] = 70001                                     # one pixel
lab[30:33, 2:70] = 70002                              # a bar across others
lab[40:52, 10:22] = 70003; lab[43:47, 14:18] = 0      # a ring
lab[55, 60] = lab[56, 61] = 70004                     # two pixels, corner to corner
img = np.stack([rng.integers(0, 60000, lab.shape), rng.normal(1e4, 3, lab.shape)], -1).astype(np.float32).astype(float)
write('image', lab, img, PROPS + ['area_convex', 'solidity', 'eccentricity', 'orientation', 'perimeter'])
lab = cells((21, 33, 37), 19, 5)
lab[3:9, 3:12, 3:12] = 80001; lab[5:7, 5:9, 5:9] = 0  # a cavity
lab[12:15, 10:20, 10:20] = 80002; lab[12:15, 13:17, 13:17] = 0   # a tunnel
img = np.stack([rng.integers(0, 4000, lab.shape), rng.normal(-5, 1, lab.shape)], -1).astype(np.float32).astype(float)
write('volume', lab, img, PROPS)
