using Cellpose3D.IO.Volumes;
using PureHDF;
using PureHDF.Filters;
using PureHDF.VOL.Native;

namespace Cellpose3D.IO.Hdf5;

/// <summary>An opened HDF5 file; PureHDF is not made for several threads, so every use of it holds the file's lock.</summary>
internal sealed class Hdf5File : IDisposable
{
    private const int MostDatasets = 10_000;
    private const int DeepestSearch = 12;
    private static readonly byte[] Magic = [0x89, (byte)'H', (byte)'D', (byte)'F', 13, 10, 26, 10];

    private readonly NativeFile _file;

    static Hdf5File()
    {
        foreach (IH5Filter filter in (IH5Filter[])[new LzfFilter(), new BloscFilter(), new Lz4Filter(), new ZstdFilter()])
            H5Filter.Register(filter);
    }

    public Hdf5File(string path)
    {
        Path = path;
        if (!File.Exists(path))
            throw new FileNotFoundException($"'{path}' does not exist.", path);
        _file = Guard(() => H5File.OpenRead(path), "the header");
    }

    public string Path { get; }

    public Lock Lock { get; } = new();

    /// <summary>Whether a file begins as HDF5 does, or after a block of the user's own.</summary>
    public static bool IsHdf5(string path)
    {
        if (!File.Exists(path))
            return false;
        using FileStream stream = File.OpenRead(path);
        byte[] start = new byte[Magic.Length];
        for (long at = 0; at + start.Length <= stream.Length && at <= 1 << 16; at = at == 0 ? 512 : 2 * at)
        {
            stream.Position = at;
            if (stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start.AsSpan().SequenceEqual(Magic))
                return true;
        }
        return false;
    }

    /// <summary>The object at a path; null where there is none.</summary>
    public T? Find<T>(string path)
        where T : class, IH5Object
    {
        lock (Lock)
            return Guard(() => _file.LinkExists(path) ? _file.Get(path) as T : null, $"'{path}'");
    }

    /// <summary>Names and objects directly below a group.</summary>
    public IReadOnlyList<IH5Object> Children(IH5Group group)
    {
        lock (Lock)
            return Guard(() => group.Children().ToList(), $"group '{group.Name}'");
    }

    public IH5Group Root => _file;

    /// <summary>Every array of plain numbers, by path.</summary>
    public IReadOnlyList<VolumeDataset> Datasets()
    {
        var found = new List<VolumeDataset>();
        Collect(_file, "", found, 0);
        return found;
    }

    /// <summary>Numbers of an attribute; null where there is none of that name, or it holds something else.</summary>
    public double[]? Numbers(IH5Object owner, string name)
    {
        lock (Lock)
        {
            return Guard(() =>
            {
                if (!owner.AttributeExists(name))
                    return null;
                IH5Attribute attribute = owner.Attribute(name);
                bool isSigned = attribute.Type.Class == H5DataTypeClass.FixedPoint && attribute.Type.FixedPoint.IsSigned;
                return (attribute.Type.Class, attribute.Type.Size, isSigned) switch
                {
                    (H5DataTypeClass.FloatingPoint, 4, _) => Read<float>(attribute),
                    (H5DataTypeClass.FloatingPoint, 8, _) => Read<double>(attribute),
                    (H5DataTypeClass.FixedPoint, 1, false) => Read<byte>(attribute),
                    (H5DataTypeClass.FixedPoint, 2, true) => Read<short>(attribute),
                    (H5DataTypeClass.FixedPoint, 2, false) => Read<ushort>(attribute),
                    (H5DataTypeClass.FixedPoint, 4, true) => Read<int>(attribute),
                    (H5DataTypeClass.FixedPoint, 4, false) => Read<uint>(attribute),
                    (H5DataTypeClass.FixedPoint, 8, true) => Read<long>(attribute),
                    (H5DataTypeClass.FixedPoint, 8, false) => Read<ulong>(attribute),
                    _ => null,
                };
            }, $"attribute '{name}'");
        }

        static double[] Read<T>(IH5Attribute attribute)
            where T : unmanaged, System.Numerics.INumber<T> =>
            attribute.Space.Type == H5DataspaceType.Scalar ? [double.CreateTruncating(attribute.Read<T>())] : [.. attribute.Read<T[]>().Select(v => double.CreateTruncating(v))];
    }

    /// <summary>Text of an attribute, one string or many of one letter each; null where there is none of that name, or it holds something else.</summary>
    public string? Text(IH5Object owner, string name)
    {
        lock (Lock)
        {
            return Guard(() =>
            {
                if (!owner.AttributeExists(name))
                    return null;
                IH5Attribute attribute = owner.Attribute(name);
                bool isText = attribute.Type.Class is H5DataTypeClass.String or H5DataTypeClass.VariableLength;
                string? text = !isText ? null
                    : attribute.Space.Type == H5DataspaceType.Scalar ? attribute.Read<string>() : string.Concat(attribute.Read<string[]>());
                return text?.TrimEnd('\0', ' ');
            }, $"attribute '{name}'");
        }
    }

    /// <summary>Turns the library's plain exceptions into what a caller expects of a bad file.</summary>
    public T Guard<T>(Func<T> read, string what)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is not (OutOfMemoryException or FileNotFoundException or UnauthorizedAccessException))
        {
            Exception inner = e.GetBaseException();                        // the library wraps its errors, some of them twice
            if (inner is OperationCanceledException or OutOfMemoryException)
                throw inner;
            if (inner is NotSupportedException || (inner.GetType() == typeof(Exception) && inner.Message.Contains("filter", StringComparison.OrdinalIgnoreCase)))
                throw new NotSupportedException($"{Named(what)} cannot be unpacked: {inner.Message.ReplaceLineEndings(" ")} Save it with gzip.", e);
            throw new InvalidDataException($"{Named(what)} is damaged or cut short: {inner.Message.ReplaceLineEndings(" ").TrimEnd('.')}; copy the file again.", e);
        }
    }

    public void Dispose()
    {
        lock (Lock)
            _file.Dispose();
    }

    private string Named(string what) => what.Contains(Path, StringComparison.Ordinal) ? what : $"{what} of '{Path}'";

    private void Collect(IH5Group group, string prefix, List<VolumeDataset> found, int depth)
    {
        if (depth > DeepestSearch)
            return;
        foreach (IH5Object child in Children(group).OrderBy(c => c.Name, StringComparer.Ordinal))
        {
            string path = $"{prefix}/{child.Name}";
            if (found.Count >= MostDatasets)
                return;
            if (child is IH5Group deeper)
                Collect(deeper, path, found, depth + 1);
            else if (child is NativeDataset dataset && Hdf5Array.TypeOf(dataset.Type) is { } type && dataset.Space.Type == H5DataspaceType.Simple)
                found.Add(new VolumeDataset(path, [.. dataset.Space.Dimensions.Select(d => (long)d)], type.Name()));
        }
    }
}
