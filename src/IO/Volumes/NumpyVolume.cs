using Cellpose3D.IO.Numpy;
using Cellpose3D.IO.Tiff;
using Cellpose3D.Volume.Sources;
using Microsoft.Win32.SafeHandles;

namespace Cellpose3D.IO.Volumes;

/// <summary>Opens <c>.npy</c> files as volumes.</summary>
internal static class NumpyVolume
{
    public static VolumeReader Open(string path, VolumeOpenOptions options)
    {
        if (options.Dataset is not null || options.Level != 0)
            throw new ArgumentException($"'{path}' is a .npy file, which has no data sets and one resolution; leave both out.", nameof(options));
        var array = new NumpyArray(path);
        try
        {
            (string found, int[] lengths, string source) = AxisOrder.Resolve(array.Shape, options.Axes, !options.AsLabels, path);
            string letters = ArrayVolume.Spread(found, lengths, array.Shape);
            var shape = new VolumeShape(Length('Z'), Length('Y'), Length('X'));
            var description = new VolumeDescription
            {
                Image = new ImageInfo { Path = path, Format = "npy", Axes = found, Shape = lengths, PixelType = array.Type, AxesSource = source },
                Chunk = ArrayVolume.ChunkOf(array, letters, shape),
            };
            return new ArrayVolume(description, letters, array, options.Time, array);

            int Length(char letter) => found.IndexOf(letter, StringComparison.Ordinal) is int axis and >= 0 ? lengths[axis] : 1;
        }
        catch
        {
            array.Dispose();
            throw;
        }
    }

    private sealed class NumpyArray : IVoxelArray, IDisposable
    {
        private readonly string _path;
        private readonly SafeFileHandle _handle;
        private readonly long _firstByte;
        private readonly bool _isBigEndian;

        public NumpyArray(string path)
        {
            _path = path;
            using (FileStream stream = File.OpenRead(path))
            {
                NpyHeader header = NpyFile.ReadHeader(stream, path);
                (Shape, Type, _isBigEndian, _firstByte) = (header.Shape, NpyFile.ElementType(header, path), header.Descr[0] == '>', stream.Position);
                if (header.FortranOrder && Shape.Count(length => length > 1) > 1)
                    throw new NotSupportedException($"'{path}' lies in Fortran order, which is not read in parts; save it with numpy.ascontiguousarray.");
                UInt128 needed = (UInt128)(uint)Type.Bytes();
                foreach (int length in Shape)
                    needed *= (uint)length;
                if (needed > (UInt128)(stream.Length - _firstByte))
                    throw new InvalidDataException($"'{path}' ends before its values of shape [{string.Join(", ", Shape)}]: it has {stream.Length - _firstByte} of {needed} bytes.");
            }
            _handle = File.OpenHandle(path, options: FileOptions.RandomAccess);
        }

        public string Place => $"'{_path}'";

        public int[] Shape { get; }

        public int[] Chunk => [.. Shape.Select((length, axis) => axis >= Shape.Length - 2 ? length : 1)];

        public PixelType Type { get; }

        public string Compression => "none";

        public void Read(int[] start, int[] count, Span<byte> samples, CancellationToken cancellationToken)
        {
            int size = Type.Bytes(), row = count[^1] * size;
            long[] strides = Blocks.Strides(Shape);
            int[] index = new int[count.Length - 1];
            for (int to = 0; to < samples.Length; to += row)
            {
                cancellationToken.ThrowIfCancellationRequested();
                long at = start[^1];
                for (int axis = 0; axis < index.Length; axis++)
                    at += (start[axis] + index[axis]) * strides[axis];
                Span<byte> target = samples.Slice(to, row);
                for (int done = 0; done < row;)
                {
                    int got = RandomAccess.Read(_handle, target[done..], _firstByte + (at * size) + done);
                    if (got == 0)
                        throw new InvalidDataException($"'{_path}' ends early.");
                    done += got;
                }
                if (_isBigEndian == BitConverter.IsLittleEndian)
                    SampleRow.SwapBytes(target, size);
                for (int axis = index.Length - 1; axis >= 0 && ++index[axis] == count[axis]; axis--)
                    index[axis] = 0;
            }
        }

        public void Dispose() => _handle.Dispose();
    }
}
