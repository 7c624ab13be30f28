using System.Globalization;
using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Network;
using Cellpose3D.Core2D.Preprocessing;
using Cellpose3D.Core2D.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cellpose3D.Tracking.TemporalFlow.Learned;

/// <summary>A learned temporal flow: a Cellpose encoder that stays as it was, a head trained on it, and the weights that make links of both.</summary>
public sealed class TemporalModel : IDisposable
{
    /// <summary>Value of the metadata <c>kind</c> of a file.</summary>
    public const string Kind = "temporal flow head";

    private const string EncoderPrefix = "encoder.", HeadPrefix = "head.", DownPrefix = "downsample.", FlatPrefix = "flat.", VolumePrefix = "volume.";
    private const int Levels = 3;                                        // the third has one node for four pixels
    private const int TileSide = 512, TileMargin = 32;                   // the encoder's field of view ends 30 pixels out

    private readonly CellposeNet _encoder;

    private TemporalModel(CellposeNet encoder, TemporalHead head, double diameter, LearnedWeights weights, LearnedWeights volumeWeights, Device device)
    {
        (_encoder, Head, Diameter, Weights, VolumeWeights, Device) = (encoder, head, diameter, weights, volumeWeights, device);
        _encoder.eval();
        foreach (TorchSharp.Modules.Parameter parameter in _encoder.parameters())
            parameter.requires_grad = false;
        _encoder.to(device);
        Head.to(device);
    }

    /// <summary>Resized pixels of a mean diameter.</summary>
    public double Diameter { get; }

    /// <summary>What makes a probability of the head's and the training-free flow's numbers, in two dimensions.</summary>
    public LearnedWeights Weights { get; set; }

    /// <summary>The same in volumes, of which the head sees single planes.</summary>
    public LearnedWeights VolumeWeights { get; set; }

    /// <summary>Where it runs.</summary>
    public Device Device { get; }

    internal TemporalHead Head { get; }

    /// <summary>Makes an untrained head on the encoder of a segmentation model.</summary>
    /// <param name="segmentation">Weights of a Cellpose network; borrowed, copied.</param>
    /// <param name="diameter">The diameter that network resizes cells to.</param>
    /// <param name="device">Where it runs.</param>
    /// <param name="seed">Draws the head's weights.</param>
    /// <exception cref="InvalidDataException">Not a Cellpose network.</exception>
    public static TemporalModel Create(StateDict segmentation, double diameter, Device device, ulong seed)
    {
        CellposeNet encoder = MakeEncoder(segmentation, "");
        var head = new TemporalHead(encoder.Architecture.Widths[^1]);
        using (no_grad())
            NetInitializer.Fill(head, seed);
        return new TemporalModel(encoder, head, diameter, LearnedWeights.Untrained, LearnedWeights.Untrained, device);
    }

    /// <summary>Makes a model from a file's content.</summary>
    /// <param name="file">What <see cref="ToStateDict"/> gave; borrowed, copied.</param>
    /// <param name="device">Where it runs.</param>
    /// <exception cref="InvalidDataException">The file holds something else, or lacks a tensor.</exception>
    public static TemporalModel FromStateDict(StateDict file, Device device)
    {
        if (!file.Metadata.TryGetValue("kind", out string? kind) || kind != Kind)
            throw new InvalidDataException($"The file holds no {Kind}: its metadata must say so under 'kind'. Make one with 'train temporal'.");
        double diameter = double.Parse(file.Metadata["diameter"], CultureInfo.InvariantCulture);
        CellposeNet encoder = MakeEncoder(file, EncoderPrefix);
        int width = Shape(file, HeadPrefix + "stem1.weight")[0], embedding = Shape(file, HeadPrefix + "embed1.weight")[0];
        var head = new TemporalHead(encoder.Architecture.Widths[^1], width, embedding);
        try
        {
            Copy(head, file, HeadPrefix, _ => true);
            return new TemporalModel(encoder, head, diameter, LearnedWeights.FromStateDict(file, FlatPrefix), LearnedWeights.FromStateDict(file, VolumePrefix), device);
        }
        catch
        {
            head.Dispose();
            encoder.Dispose();
            throw;
        }
    }

    /// <summary>Everything that makes the model, for a file.</summary>
    /// <param name="metadata">More strings to store; null for none.</param>
    /// <returns>Tensors of the encoder, the head and the weights; owned by the caller.</returns>
    public StateDict ToStateDict(IReadOnlyDictionary<string, string>? metadata = null)
    {
        var all = new Dictionary<string, string>(metadata ?? new Dictionary<string, string>())
        {
            ["kind"] = Kind,
            ["diameter"] = Diameter.ToString("r", CultureInfo.InvariantCulture),
        };
        return new StateDict(
            [
                .. Tensors(_encoder, EncoderPrefix, n => n.StartsWith(DownPrefix, StringComparison.Ordinal)), .. Tensors(Head, HeadPrefix, _ => true),
                .. Weights.ToTensors(FlatPrefix), .. VolumeWeights.ToTensors(VolumePrefix),
            ],
            all);
    }

    /// <summary>Frees both networks.</summary>
    public void Dispose()
    {
        _encoder.Dispose();
        Head.Dispose();
    }

    /// <summary>Channels of the encoder's map.</summary>
    internal int Features => Head.Features;

    /// <summary>Fills the head with another state.</summary>
    internal void LoadHead(StateDict file) => Copy(Head, file, HeadPrefix, _ => true);

    /// <summary>Brings an image to the encoder's size.</summary>
    /// <param name="image">float32 [Y, X], normalised; borrowed.</param>
    /// <param name="scaleY">Resized pixels for each pixel along Y.</param>
    /// <param name="scaleX">Resized pixels for each pixel along X.</param>
    /// <returns>float32 [1, 4 nodes, 4 nodes], filled up with zeros; owned by the caller.</returns>
    internal static NdArray<float> Prepare(NdArray<float> image, double scaleY, double scaleX)
    {
        int height = Math.Max(1, (int)Math.Round(image.Shape[0] * scaleY)), width = Math.Max(1, (int)Math.Round(image.Shape[1] * scaleX));
        NdArray<float> normal = image.Reshape(1, image.Shape[0], image.Shape[1]);
        NdArray<float> resized = height == image.Shape[0] && width == image.Shape[1] ? normal.Clone() : Resizer.Bilinear(normal, height, width, 1);
        int fullHeight = CellPlane.Nodes(image.Shape[0], scaleY) * CellPlane.Step, fullWidth = CellPlane.Nodes(image.Shape[1], scaleX) * CellPlane.Step;
        if (fullHeight == height && fullWidth == width)
            return resized;
        var full = new NdArray<float>(1, fullHeight, fullWidth);
        for (int y = 0; y < height; y++)
            resized.Data.AsSpan(y * width, width).CopyTo(full.Data.AsSpan(y * fullWidth));
        return full;
    }

    /// <summary>Runs the encoder, in tiles that overlap by its field of view.</summary>
    /// <param name="images">float32 [K, 4 h, 4 w], prepared; borrowed.</param>
    /// <returns>float32 [K, features, h, w] on the device; owned by the caller.</returns>
    internal Tensor Encode(NdArray<float> images)
    {
        using IDisposable noGrad = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor one = TensorInterop.ToTensor(images, Device).unsqueeze(1);                   // [K, 1, 4 h, 4 w]
        Tensor input = cat([one, zeros_like(one)], 1);                                      // the second channel is empty
        long height = input.shape[2], width = input.shape[3];
        if (height <= TileSide + 2 * TileMargin && width <= TileSide + 2 * TileMargin)
            return EncodeTile(input).MoveToOuterDisposeScope();
        Tensor map = zeros(input.shape[0], Features, height / CellPlane.Step, width / CellPlane.Step, device: Device);
        for (long y = 0; y < height; y += TileSide)
        {
            for (long x = 0; x < width; x += TileSide)
            {
                using DisposeScope tileScope = NewDisposeScope();
                long top = Math.Max(0, y - TileMargin), left = Math.Max(0, x - TileMargin);
                long bottom = Math.Min(height, y + TileSide + TileMargin), right = Math.Min(width, x + TileSide + TileMargin);
                long rows = Math.Min(TileSide, height - y) / CellPlane.Step, columns = Math.Min(TileSide, width - x) / CellPlane.Step;
                Tensor tile = EncodeTile(input.narrow(2, top, bottom - top).narrow(3, left, right - left));
                map.narrow(2, y / CellPlane.Step, rows).narrow(3, x / CellPlane.Step, columns)
                    .copy_(tile.narrow(2, (y - top) / CellPlane.Step, rows).narrow(3, (x - left) / CellPlane.Step, columns));
            }
        }
        return map.MoveToOuterDisposeScope();
    }

    private Tensor EncodeTile(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        return _encoder.ForwardDown(TensorInterop.ToChannelsLast(input))[^1].to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    private static CellposeNet MakeEncoder(StateDict file, string prefix)
    {
        var widths = new List<int>();
        int channels = 0;
        for (int n = 0; n < Levels; n++)
        {
            int[] shape = Shape(file, string.Create(CultureInfo.InvariantCulture, $"{prefix}{DownPrefix}down.res_down_{n}.conv.conv_0.2.weight"));
            if (n == 0)
                channels = shape[1];
            widths.Add(shape[0]);
        }
        var net = new CellposeNet(new NetArchitecture(channels, [.. widths]));               // its way up is not used
        try
        {
            Copy(net, file, prefix, n => n.StartsWith(DownPrefix, StringComparison.Ordinal));
            return net;
        }
        catch
        {
            net.Dispose();
            throw;
        }
    }

    private static int[] Shape(StateDict file, string name) =>
        file.Find(name)?.Shape ?? throw new InvalidDataException($"The model lacks the tensor '{name}'.");

    private static IEnumerable<WeightTensor> Tensors(nn.Module module, string prefix, Func<string, bool> take)
    {
        foreach ((string name, Tensor value) in module.state_dict().OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            if (take(name) && !name.EndsWith("num_batches_tracked", StringComparison.Ordinal))
                yield return WeightTensor.FromFloats(prefix + name, [.. value.shape.Select(l => (int)l)], TensorInterop.ToArray(value).Span);
        }
    }

    private static void Copy(nn.Module module, StateDict file, string prefix, Func<string, bool> take)
    {
        using IDisposable noGrad = no_grad();
        foreach ((string name, Tensor target) in module.state_dict())
        {
            if (!take(name) || name.EndsWith("num_batches_tracked", StringComparison.Ordinal))
                continue;
            int[] shape = Shape(file, prefix + name);
            if (!shape.Select(l => (long)l).SequenceEqual(target.shape))
                throw new InvalidDataException($"Tensor '{prefix + name}' must be [{string.Join(", ", target.shape)}]; the model has [{string.Join(", ", shape)}].");
            using DisposeScope scope = NewDisposeScope();
            target.copy_(tensor(file.Find(prefix + name)!.ToFloats(), dtype: ScalarType.Float32).view(target.shape));
        }
    }
}
