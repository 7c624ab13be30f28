using Cellpose3D.Core2D.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Cellpose3D.Core2D.Network;

/// <summary>Runs a model over batches of tiles on the host.</summary>
/// <remarks>An ensemble's maps are averaged, and so are its styles, brought back to unit length (paper, Methods, "Test time").</remarks>
public static class NetworkRunner
{
    /// <summary>Runs one batch of tiles of one size.</summary>
    /// <param name="model">Borrowed.</param>
    /// <param name="tiles">float32 [N, C, Y, X], normalised; borrowed.</param>
    /// <param name="shape">[N, C, Y, X]; Y and X multiples of the architecture's size multiple.</param>
    /// <param name="maps">float32 [N, 3, Y, X]: 5 * flow y, 5 * flow x, probability logit; overwritten.</param>
    /// <param name="styles">float32 [N, S], unit length; overwritten.</param>
    /// <exception cref="ArgumentException">A side is not a multiple of what the pooling needs.</exception>
    public static void Run(CellposeModel model, ReadOnlySpan<float> tiles, ReadOnlySpan<long> shape, Span<float> maps, Span<float> styles)
    {
        int multiple = model.Nets[0].Architecture.SizeMultiple;
        if (shape[2] % multiple != 0 || shape[3] % multiple != 0)
            throw new ArgumentException($"tile sides must be multiples of {multiple}; got {shape[2]} x {shape[3]}.", nameof(shape));

        using var inference = inference_mode();
        using DisposeScope scope = NewDisposeScope();
        Tensor host = empty(shape, dtype: ScalarType.Float32);
        TensorInterop.CopyTo(tiles, host);
        Tensor input = TensorInterop.ToChannelsLast(host.to(model.Device).to(model.Precision)); // [N, C, Y, X]
        Tensor? mapSum = null, styleSum = null;
        foreach (CellposeNet net in model.Nets)
        {
            (Tensor map, Tensor style) = net.forward(input);
            mapSum = mapSum is null ? map : mapSum.PlusInPlace(map);
            styleSum = styleSum is null ? style : styleSum.PlusInPlace(style);
        }
        if (model.Nets.Count > 1)
        {
            mapSum!.div_(Scalars.Of(model.Nets.Count));
            styleSum = styleSum! / styleSum!.square().sum(1, keepdim: true).sqrt();
        }
        TensorInterop.CopyTo(mapSum!, maps);
        TensorInterop.CopyTo(styleSum!, styles);
    }
}
