"""Makes the fixtures of this folder. Run by hand, never by the build: /usr/bin/python3 make_fixtures.py
(Debian 12: Python 3.11, numpy 1.24.2, torch 1.13.0)."""
import collections, io, pickle, struct, zipfile
import numpy as np
import torch

a = torch.arange(6, dtype=torch.float32).reshape(2, 3) / 4 - 1      # [2, 3]: -1, -.75, ... .25


def every_type():
    return collections.OrderedDict(
        f32=a.clone(), f64=a.double(), f16=a.half(), bf16=a.bfloat16(),
        i64=torch.tensor([-2**40, 3]), i32=torch.tensor([-70000, 3], dtype=torch.int32), i16=torch.tensor([-300, 3], dtype=torch.int16),
        i8=torch.tensor([-100, 3], dtype=torch.int8), u8=torch.tensor([200, 3], dtype=torch.uint8), bool=torch.tensor([True, False]),
        scalar=torch.tensor(7), empty=torch.zeros(0, 4))


def views():
    base = torch.arange(24, dtype=torch.float32)
    cube = base.reshape(2, 3, 4)
    return {'base': base, 'shared': base[4:10], 'transposed': cube[0].t(), 'permuted': cube.permute(2, 0, 1), 'column': cube[1, :, 2],
            'stepped': base[1::5], 'expanded': torch.tensor([[1.], [2.]]).expand(2, 3)}


with_attribute = a.clone()
with_attribute.note = 'kept by Python, not needed here'
parameter_with_attribute = torch.nn.Parameter(a.clone())
parameter_with_attribute.note = 1

for name, value in {
    'types': every_type(),
    'views': views(),
    'parameter': {'w': torch.nn.Parameter(a.clone()), 'b': torch.nn.Parameter(torch.ones(2), requires_grad=False),
                  'attribute': with_attribute, 'parameter_attribute': parameter_with_attribute},
    'nested': {'epoch': 3, 'lr': 0.1, 'optimizer': {'state': {0: {'step': 5, 'm': torch.zeros(2)}}, 'param_groups': [{'betas': (0.9, 0.999)}]},
               'model': torch.nn.DataParallel(torch.nn.BatchNorm2d(2)).state_dict()},
}.items():
    torch.save(value, name + '_zip.pt')
    torch.save(value, name + '_legacy.pt', _use_new_zipfile_serialization=False)

torch.save({'w': a, 's': torch.Size([2, 3]), 'set': {1, 2}, 'b': b'bytes', 'c': bytearray(b'ab')}, 'protocol4_legacy.pt', pickle_protocol=4, _use_new_zipfile_serialization=False)
torch.save({'w': a}, 'protocol1_legacy.pt', pickle_protocol=1, _use_new_zipfile_serialization=False)
torch.save(torch.nn.Linear(2, 2), 'module_zip.pt')                  # a whole network object
torch.save({'W2': torch.zeros(1), 'encoder.pos_embed': torch.zeros(1)}, 'cellpose4_zip.pt')
torch.save({'fc.weight': a}, 'other_zip.pt')

# big-endian zip container, as a torch >= 2.1 of another machine writes it
with zipfile.ZipFile('types_zip.pt') as source, zipfile.ZipFile('bigendian_zip.pt', 'w') as target:
    sizes = {'0': 4, '1': 8, '2': 2, '3': 2, '4': 8, '5': 4, '6': 2, '7': 1, '8': 1, '9': 1, '10': 8, '11': 4}
    for name in source.namelist():
        data = source.read(name)
        key = name.split('/')[-1]
        if '/data/' in name:
            data = np.frombuffer(data, np.uint8).reshape(-1, sizes[key])[:, ::-1].tobytes()
        target.writestr(name, data)
    target.writestr('types_zip/byteorder', 'big')

# numpy: one dict, each protocol
values = {'f8': np.arange(6.).reshape(2, 3), 'f4_big': np.arange(4, dtype='>f4'), 'fortran': np.asfortranarray(np.arange(6, dtype=np.int32).reshape(2, 3)),
          'bool': np.array([True, False]), 'u2': np.array([65535, 1], np.uint16), 'scalar': np.float64(2.5), 'int': np.int32(-3), 'flag': np.bool_(True),
          'text': 'µm\n', 'big': 2**70, 'none': None, 'list': [1, (2.5, 'x')], 'objects': np.array([1, 'a', None], dtype=object), 'empty': np.zeros((0, 3))}
for protocol in range(6):
    wrapped = np.empty((), object)
    wrapped[()] = values
    with open(f'numpy_p{protocol}.npy', 'wb') as f:
        np.lib.format.write_array_header_1_0(f, {'descr': '|O', 'fortran_order': False, 'shape': ()})
        pickle.dump(wrapped, f, protocol=protocol)


# pickles that ask to run something; none of them is ever loaded here
class Evil:
    def __init__(self, *reduced):
        self.reduced = reduced

    def __reduce__(self):
        return self.reduced


import builtins, os
evil = {'system': (os.system, ('touch /tmp/cellpose3d-was-here',)), 'eval': (eval, ('1+1',)), 'import': (builtins.__import__, ('os',)),
        'getattr': (getattr, ('x', 'upper')), 'open': (open, ('/tmp/cellpose3d-was-here', 'w'))}
for name, reduced in evil.items():
    with zipfile.ZipFile(f'evil_{name}_zip.pt', 'w') as z:
        z.writestr('archive/data.pkl', pickle.dumps({'weight': Evil(*reduced)}, protocol=2))
        z.writestr('archive/version', '3\n')
    wrapped = np.empty((), object)
    wrapped[()] = {'A': Evil(*reduced)}
    np.save(f'evil_{name}.npy', wrapped)
magic = b'\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.\x80\x02}.'
open('evil_inst_legacy.pt', 'wb').write(magic + b"(S'touch /tmp/cellpose3d-was-here'\nios\nsystem\n.")                       # INST
open('evil_obj_legacy.pt', 'wb').write(magic + b"(cos\nsystem\nS'touch /tmp/cellpose3d-was-here'\no.")                        # OBJ
open('evil_newobj_legacy.pt', 'wb').write(magic + b"\x80\x02csubprocess\nPopen\nX\x02\x00\x00\x00ls\x85\x81.")                # NEWOBJ
open('evil_stack_legacy.pt', 'wb').write(magic + b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x02ls\x85R.")                     # STACK_GLOBAL
