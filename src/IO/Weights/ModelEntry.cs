using System.Security.Cryptography;
using Cellpose3D.Core2D.Network;

namespace Cellpose3D.IO.Weights;

/// <summary>Where a model's files are.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Origin">Which place it was found in.</param>
/// <param name="WeightPaths">One file per network; several form an ensemble, of which the first also works alone.</param>
/// <param name="SizePath">Its size model; null when there is none.</param>
/// <param name="OfficialName">The official name, when these are the official files; null otherwise.</param>
public sealed record ModelEntry(string Name, ModelOrigin Origin, IReadOnlyList<string> WeightPaths, string? SizePath, string? OfficialName)
{
    /// <summary>Reads the first network, or all of them.</summary>
    /// <param name="ensemble">Whether to read every network of an ensemble.</param>
    /// <exception cref="InvalidDataException">A file is damaged or not a Cellpose network.</exception>
    public IReadOnlyList<CellposeModelFile> Load(bool ensemble = false) =>
        CellposeModelFile.LoadEnsemble(ensemble ? WeightPaths : [WeightPaths[0]], OfficialName);

    /// <summary>What to record of networks read by <see cref="Load"/>: name, hash and diameters.</summary>
    /// <param name="nets">The networks, at least one.</param>
    /// <returns>The hash of one network is that of its file; of several, that of their files' bytes one after the other.</returns>
    public ModelInfo Describe(IReadOnlyList<CellposeModelFile> nets) =>
        new(Name, nets.Count == 1 ? nets[0].Sha256 : HashAll(nets), nets[0].DiamMean, nets[0].DiamLabels);

    private static string HashAll(IReadOnlyList<CellposeModelFile> nets)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[1 << 20];
        foreach (CellposeModelFile net in nets)
        {
            using FileStream stream = File.OpenRead(net.Path);
            for (int count = stream.Read(buffer); count > 0; count = stream.Read(buffer))
                hash.AppendData(buffer, 0, count);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
