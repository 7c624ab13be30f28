using Cellpose3D.Cli.Reporting;
using Cellpose3D.Core2D.Network;
using TorchSharp;

namespace Cellpose3D.Cli.Segmentation;

/// <summary>The models of a run beside its first: on further devices, or of other weights.</summary>
internal sealed class ModelSet : IDisposable
{
    private readonly List<CellposeModel> _models = [];

    /// <summary>Loads a model, which lives as long as the set.</summary>
    /// <exception cref="CommandException">There is no such model, or it is damaged.</exception>
    public CellposeModel Load(SegmentationSettings settings, torch.Device device, Reporter reporter)
    {
        _models.Add(ModelLoading.Load(settings, device, reporter));
        return _models[^1];
    }

    /// <summary>Frees the models.</summary>
    public void Dispose() => _models.ForEach(m => m.Dispose());
}
