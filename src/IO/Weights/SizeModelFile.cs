using System.Globalization;
using Cellpose3D.Core2D.Network;
using Cellpose3D.IO.Weights.Pickle;

namespace Cellpose3D.IO.Weights;

/// <summary>Reads size models (official pickled <c>.npy</c>, or safetensors) and writes them as safetensors.</summary>
public static class SizeModelFile
{
    private const string Weights = "A", Mean = "smean", Offset = "ymean", Diameter = "diam_mean";

    /// <summary>Reads a size model; the format is recognised by its first bytes.</summary>
    /// <param name="path">For example <c>size_cyto3.npy</c> or <c>cyto3.size.safetensors</c>.</param>
    /// <exception cref="FileNotFoundException">No such file.</exception>
    /// <exception cref="InvalidDataException">Damaged, or not a size model.</exception>
    public static SizeModel Read(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return Read(stream, path);
    }

    /// <summary>Reads a size model; the format is recognised by its first bytes.</summary>
    /// <param name="stream">Seekable, at the first byte; borrowed.</param>
    /// <param name="name">Used in messages.</param>
    /// <exception cref="InvalidDataException">Damaged, or not a size model.</exception>
    public static SizeModel Read(Stream stream, string name)
    {
        byte[] start = new byte[9];
        int count = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        stream.Position = 0;
        SizeModel model = SafeTensors.Matches(start.AsSpan(0, count), stream.Length) ? ReadSafe(stream, name) : ReadPickled(stream, name);
        if (model.A.Length == 0 || model.A.Length != model.StyleMean.Length)
            throw new InvalidDataException($"'{name}': {Weights} and {Mean} must be as long as each other; got {model.A.Length} and {model.StyleMean.Length}.");
        if (!(model.DiamMean > 0) || !double.IsFinite(model.DiamMean + model.LogOffset + model.A.Sum() + model.StyleMean.Sum()))
            throw new InvalidDataException($"'{name}': every number of a size model must be finite and {Diameter} positive; got {Diameter} {model.DiamMean}.");
        return model;
    }

    /// <summary>Writes a size model as safetensors.</summary>
    /// <param name="stream">Receives the file; borrowed.</param>
    /// <param name="model">The model; borrowed.</param>
    public static void Write(Stream stream, SizeModel model) => SafeTensors.Write(stream, new StateDict(
        [Vector(Weights, model.A), Vector(Mean, model.StyleMean)],
        new Dictionary<string, string>
        {
            [Offset] = model.LogOffset.ToString("R", CultureInfo.InvariantCulture),
            [Diameter] = model.DiamMean.ToString("R", CultureInfo.InvariantCulture),
        }));

    private static WeightTensor Vector(string name, double[] values) =>
        new(name, WeightType.Float64, [values.Length], System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()).ToArray());

    private static SizeModel ReadSafe(Stream stream, string name)
    {
        StateDict dict = SafeTensors.Read(stream, name);
        return new SizeModel(Doubles(Weights), Doubles(Mean), Number(Offset), Number(Diameter));

        double[] Doubles(string key) => dict.Find(key) is { Type: WeightType.Float64 } tensor
            ? System.Runtime.InteropServices.MemoryMarshal.Cast<byte, double>(tensor.Bytes).ToArray()
            : throw new InvalidDataException($"'{name}' is not a size model: it has no float64 tensor '{key}'.");

        double Number(string key) => double.TryParse(dict.Metadata.GetValueOrDefault(key), NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            ? value
            : throw new InvalidDataException($"'{name}' is not a size model: its metadata has no number '{key}'.");
    }

    private static SizeModel ReadPickled(Stream stream, string name)
    {
        if (PickledNpy.Read(stream, name) is not PickleDict dict)
            throw new InvalidDataException($"'{name}' is not a size model: a dict of {Weights}, {Mean}, {Offset} and {Diameter} is needed.");
        return new SizeModel(Doubles(Weights), Doubles(Mean), Number(Offset), Number(Diameter));

        double[] Doubles(string key) => dict.Find(key) is NumpyArray array
            ? array.ToNdArray<double>($"'{key}' of '{name}'").Data
            : throw new InvalidDataException($"'{name}' is not a size model: it has no array '{key}'.");

        double Number(string key) => dict.Find(key) switch
        {
            double value => value,
            long value => value,
            NumpyArray array when array.Count == 1 => array.ToNdArray<double>($"'{key}' of '{name}'").Data[0],
            _ => throw new InvalidDataException($"'{name}' is not a size model: it has no number '{key}'."),
        };
    }
}
