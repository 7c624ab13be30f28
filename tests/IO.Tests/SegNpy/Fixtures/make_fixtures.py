"""Makes the fixtures of this folder. Run by hand, never by the build: /usr/bin/python3 make_fixtures.py (numpy 1.24.2)."""
import numpy as np

masks = (np.arange(20) % 3).reshape(4, 5).astype(np.uint16)
np.save('python_seg.npy', {                                        # keys and layout as Cellpose 3 saves them
    'outlines': masks, 'masks': masks, 'chan_choose': [2, 3], 'ismanual': np.array([False, True]), 'filename': 'a folder/image.tif',
    'flows': [np.zeros((1, 4, 5, 3), np.uint8), np.zeros((1, 4, 5), np.uint8), np.zeros((1, 4, 5), np.uint8), [],
              np.arange(60, dtype=np.float32).reshape(3, 4, 5)],
    'diameter': np.float32(30.5), 'colors': np.zeros((2, 3), np.uint8), 'manual_changes': [['2024', 'added mask', [np.arange(3), np.arange(3)]]],
    'normalize_params': {'percentile': [1.0, 99.0], 'norm3D': True, 'lowhigh': None}, 'restore': None, 'ratio': 1.0})
np.save('old_seg.npy', {'masks': np.array([[-1, 0], [1, -1]]), 'outlines': [np.array([[0, 1]]), np.array([[1, 0]])], 'est_diam': 12.0})
