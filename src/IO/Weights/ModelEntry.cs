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
}
