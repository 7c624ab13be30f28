using System.Security.Cryptography;
using Cellpose3D.Core2D.Network;
using Cellpose3D.Tracking.TemporalFlow.Learned;

namespace Cellpose3D.IO.Weights;

/// <summary>A Cellpose network (generations 1 to 3) as read from one file, with what its tensors say about it.</summary>
/// <param name="Name">The file's name without extension.</param>
/// <param name="Path">Where it was read.</param>
/// <param name="Weights">Every tensor.</param>
/// <param name="Widths">Input channels, then the channels of each scale from fine to coarse (2, 32, 64, 128, 256).</param>
/// <param name="OutputChannels">Maps the network answers: 3 for flow y, flow x and the cell-probability logit.</param>
/// <param name="StyleSize">Length of the style vector.</param>
/// <param name="DiamMean">Diameter, in pixels, that images are resized to before the network.</param>
/// <param name="DiamLabels">Mean diameter, in pixels, of the cells it was trained on; taken when no diameter is given.</param>
/// <param name="Sha256">SHA-256 of the file, lower-case hexadecimal.</param>
public sealed record CellposeModelFile(
    string Name, string Path, StateDict Weights, int[] Widths, int OutputChannels, int StyleSize, double DiamMean, double DiamLabels, string Sha256)
{
    /// <summary>Diameter that networks are trained at unless their file says otherwise, in pixels.</summary>
    public const double DefaultDiameter = 30;

    /// <summary>Diameter of the official network for nuclei, in pixels.</summary>
    public const double NucleiDiameter = 17;

    /// <summary>Values above this have no half-precision number.</summary>
    private const float LargestHalf = 65504;

    /// <summary>Reads a network and works out its sizes from the tensors' shapes.</summary>
    /// <param name="path">PyTorch or safetensors file.</param>
    /// <param name="officialName">
    /// The official name it was found under (<c>cyto3</c>), or null for any other file. The reference sets
    /// <see cref="DiamMean"/> of official networks by name (30, nuclei 17) whatever the file says.
    /// </param>
    /// <exception cref="FileNotFoundException">No such file.</exception>
    /// <exception cref="InvalidDataException">Damaged, or not a Cellpose network.</exception>
    /// <exception cref="NotSupportedException">A network of another generation.</exception>
    /// <remarks>Reference: reference/NUMERICS.md, section 1; a file named <c>nucleitorch_0</c> counts as nuclei wherever it lies.</remarks>
    public static CellposeModelFile Load(string path, string? officialName = null)
    {
        StateDict weights = WeightsFile.Read(path);
        RefuseOtherGenerations(weights, path);
        int[] widths = ReadWidths(weights, path);
        int style = Shape(weights, "upsample.up.res_up_0.conv.conv_1.full.weight", 2, path)[1];
        int outputs = Shape(weights, "output.2.weight", 4, path)[0];

        string name = System.IO.Path.GetFileNameWithoutExtension(path);
        if (officialName is null && System.IO.Path.GetFileName(path).EndsWith("nucleitorch_0", StringComparison.Ordinal))
            officialName = "nuclei";
        double? byName = officialName is null ? null : officialName == "nuclei" ? NucleiDiameter : DefaultDiameter;
        double mean = byName ?? ReadDiameter(weights, "diam_mean", path) ?? DefaultDiameter;
        double labels = ReadDiameter(weights, "diam_labels", path) ?? mean;
        return new CellposeModelFile(name, path, weights, widths, outputs, style, mean, labels, HashFile(path));
    }

    /// <summary>Reads the networks of an ensemble, whose outputs are averaged.</summary>
    /// <param name="paths">One file each, for example <c>cytotorch_0</c> to <c>cytotorch_3</c>.</param>
    /// <param name="officialName">As for <see cref="Load"/>.</param>
    /// <exception cref="InvalidDataException">The networks differ in size or diameter.</exception>
    public static IReadOnlyList<CellposeModelFile> LoadEnsemble(IReadOnlyList<string> paths, string? officialName = null)
    {
        CellposeModelFile[] nets = [.. paths.Select(p => Load(p, officialName))];
        foreach (CellposeModelFile net in nets)
        {
            if (!net.Widths.SequenceEqual(nets[0].Widths) || net.OutputChannels != nets[0].OutputChannels || net.DiamMean != nets[0].DiamMean)
            {
                throw new InvalidDataException(
                    $"'{net.Path}' has widths [{string.Join(", ", net.Widths)}], {net.OutputChannels} outputs and diameter {net.DiamMean}; "
                    + $"'{nets[0].Path}' has [{string.Join(", ", nets[0].Widths)}], {nets[0].OutputChannels} and {nets[0].DiamMean}. An ensemble's networks must agree.");
            }
        }
        return nets;
    }

    /// <summary>Writes a network as safetensors.</summary>
    /// <param name="stream">Receives the file; borrowed.</param>
    /// <param name="weights">The network; borrowed.</param>
    /// <param name="half">
    /// Whether kernels are stored as float16. Vectors (biases, normalisation, diameters) stay float32: they are under one
    /// hundredth of the file, and running variances may leave the range of a half; so may a kernel, which then stays too.
    /// </param>
    public static void Save(Stream stream, StateDict weights, bool half = true) =>
        SafeTensors.Write(stream, half ? weights with { Tensors = [.. weights.Tensors.Select(ToHalf)] } : weights);

    /// <summary>SHA-256 of a file's content, lower-case hexadecimal.</summary>
    public static string HashFile(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private static WeightTensor ToHalf(WeightTensor tensor)
    {
        if (tensor.Type != WeightType.Float32 || tensor.Shape.Length < 2)
            return tensor;
        float[] values = tensor.ToFloats();
        if (values.Any(v => !(Math.Abs(v) <= LargestHalf)))
            return tensor;
        byte[] bytes = new byte[values.Length * 2];
        for (int i = 0; i < values.Length; i++)
            BitConverter.TryWriteBytes(bytes.AsSpan(i * 2), (Half)values[i]);
        return tensor with { Type = WeightType.Float16, Bytes = bytes };
    }

    private static void RefuseOtherGenerations(StateDict weights, string path)
    {
        if (weights.Metadata.TryGetValue("kind", out string? kind) && kind == TemporalModel.Kind)
            throw new NotSupportedException($"'{path}' is a {kind}, which links cells and does not segment; name a network of Cellpose 1 to 3, for example nuclei.");
        if (weights.Find("W2") is not null)
            throw new NotSupportedException($"'{path}' is a Cellpose 4 network (SAM); networks of Cellpose 1 to 3 are read, for example cyto3 or nuclei.");
        if (weights.Find("output.2.weight") is not null && weights.Find("downsample.down.res_down_0.conv.conv_0.2.weight") is not null)
            return;
        if (weights.Tensors.Any(t => t.Name.StartsWith("encoder.", StringComparison.Ordinal)))
            throw new NotSupportedException($"'{path}' is a transformer network; Cellpose's residual U-Nets are read, for example cyto3 or nuclei.");
        throw new InvalidDataException(
            $"'{path}' is not a Cellpose network: it has no 'downsample.down.res_down_0...' and 'output.2.weight'; "
            + $"its {weights.Tensors.Count} tensors start with {string.Join(", ", weights.Tensors.Take(3).Select(t => $"'{t.Name}'"))}.");
    }

    private static int[] ReadWidths(StateDict weights, string path)
    {
        var widths = new List<int>();
        for (int level = 0; weights.Find(DownKernel(level)) is not null; level++)
        {
            int[] shape = Shape(weights, DownKernel(level), 4, path);
            if (level == 0)
                widths.Add(shape[1]);
            if (shape[1] != widths[^1])
                throw new InvalidDataException($"'{path}': '{DownKernel(level)}' must take {widths[^1]} channels, as the scale above gives; got {shape[1]}.");
            widths.Add(shape[0]);
        }
        return [.. widths];

        static string DownKernel(int level) => $"downsample.down.res_down_{level}.conv.conv_0.2.weight";
    }

    private static int[] Shape(StateDict weights, string name, int axes, string path)
    {
        int[] shape = weights.Find(name)?.Shape ?? throw new InvalidDataException($"'{path}' is not a whole Cellpose network: it has no '{name}'.");
        return shape.Length == axes && !shape.Contains(0)
            ? shape
            : throw new InvalidDataException($"'{path}': '{name}' must have {axes} axes; got [{string.Join(", ", shape)}].");
    }

    private static double? ReadDiameter(StateDict weights, string name, string path)
    {
        if (weights.Find(name) is not { } tensor)
            return null;                                                 // networks of generation 1 have none
        return tensor.ToFloats() is [var diameter] && float.IsFinite(diameter) && diameter > 0
            ? diameter
            : throw new InvalidDataException($"'{path}': '{name}' must be one positive number of pixels; got [{string.Join(", ", tensor.ToFloats().Take(4))}].");
    }
}
