using Cellpose3D.Core2D.Network;
using Cellpose3D.Tracking.TemporalFlow.Learned;
using TorchSharp;

namespace Cellpose3D.IO.Weights;

/// <summary>Files of temporal flow heads: safetensors with the encoder inside, so that one file is the whole model.</summary>
public static class TemporalModelFile
{
    /// <summary>Name of the head shipped with the program.</summary>
    public const string Shipped = "temporal";

    /// <summary>Reads a head.</summary>
    /// <param name="path">A file of <see cref="Write"/>, or a training checkpoint.</param>
    /// <param name="device">Where it shall run.</param>
    /// <returns>The model; owned by the caller.</returns>
    /// <exception cref="FileNotFoundException">No such file.</exception>
    /// <exception cref="InvalidDataException">Not a head, or damaged.</exception>
    public static TemporalModel Read(string path, torch.Device device)
    {
        StateDict file = CheckpointFile.Read(path);
        try
        {
            return TemporalModel.FromStateDict(file, device);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"'{path}': {e.Message}", e);
        }
    }

    /// <summary>Whether a file says that it holds a head.</summary>
    /// <param name="path">Any file.</param>
    public static bool IsOne(string path)
    {
        try
        {
            return CheckpointFile.Read(path).Metadata.TryGetValue("kind", out string? kind) && kind == TemporalModel.Kind;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    /// <summary>Writes a head, kernels as float16, in place of a former file in one step.</summary>
    /// <param name="path">The file.</param>
    /// <param name="model">Borrowed.</param>
    /// <param name="metadata">More strings to store, for example where it was trained; null for none.</param>
    public static void Write(string path, TemporalModel model, IReadOnlyDictionary<string, string>? metadata = null) =>
        AtomicFile.Write(path, stream => CellposeModelFile.Save(stream, model.ToStateDict(metadata)));
}
