using TorchSharp;
using static TorchSharp.torch;

namespace Cellpose3D.Core2D.Network;

/// <summary>A network, or an ensemble of networks whose outputs are averaged, with the diameters it was trained at.</summary>
public sealed class CellposeModel : IDisposable
{
    /// <summary>Fills networks with weights and moves them to a device.</summary>
    /// <param name="weights">One checkpoint for each network of the ensemble; borrowed.</param>
    /// <param name="info">Name, hash and diameters.</param>
    /// <param name="device">Where the networks run.</param>
    /// <param name="sizeModel">Diameter regression trained with this model, if there is one.</param>
    /// <param name="halfPrecision">Float16 weights and activations; only on CUDA.</param>
    /// <exception cref="InvalidDataException">A checkpoint is not a Cellpose network, or the networks differ in size.</exception>
    public CellposeModel(IReadOnlyList<StateDict> weights, ModelInfo info, Device device, SizeModel? sizeModel = null, bool halfPrecision = false)
    {
        ArgumentOutOfRangeException.ThrowIfZero(weights.Count, nameof(weights));
        if (halfPrecision && device.type != DeviceType.CUDA)
            throw new ArgumentException("half precision must run on CUDA; the CPU has no fast float16 convolution.", nameof(halfPrecision));
        var nets = new List<CellposeNet>();
        try
        {
            foreach (StateDict one in weights)
            {
                nets.Add(NetWeights.ToNet(one));
                if (nets[^1].Architecture.ToString() != nets[0].Architecture.ToString())
                    throw new InvalidDataException($"the networks of an ensemble must have the same sizes; got {nets[0].Architecture} and {nets[^1].Architecture}.");
            }
            if (nets[0].Architecture is not { Outputs: 3, Channels: 2 })
                throw new InvalidDataException($"a segmentation network must have 2 channels and 3 outputs; '{info.Name}' is {nets[0].Architecture}.");
            foreach (CellposeNet net in nets)
                net.to(device, halfPrecision ? ScalarType.Float16 : ScalarType.Float32);
        }
        catch
        {
            nets.ForEach(n => n.Dispose());
            throw;
        }
        Nets = nets;
        Info = info;
        Device = device;
        SizeModel = sizeModel;
        Precision = halfPrecision ? ScalarType.Float16 : ScalarType.Float32;
    }

    private CellposeModel(CellposeModel model, SizeModel sizeModel)
    {
        (Nets, Info, Device, Precision) = (model.Nets, model.Info, model.Device, model.Precision);
        SizeModel = sizeModel;
    }

    /// <summary>The networks, in evaluation mode.</summary>
    public IReadOnlyList<CellposeNet> Nets { get; }

    /// <summary>Name, hash and diameters.</summary>
    public ModelInfo Info { get; }

    /// <summary>Where the networks run.</summary>
    public Device Device { get; }

    /// <summary>Diameter regression trained with this model, if there is one.</summary>
    public SizeModel? SizeModel { get; }

    /// <summary>Float32, or float16 on CUDA.</summary>
    public ScalarType Precision { get; }

    /// <summary>The same networks with another size model; they stay this object's to free.</summary>
    /// <param name="sizeModel">Fitted to these networks.</param>
    public CellposeModel With(SizeModel sizeModel) => new(this, sizeModel);

    /// <summary>Frees the networks.</summary>
    public void Dispose()
    {
        foreach (CellposeNet net in Nets)
            net.Dispose();
    }
}
