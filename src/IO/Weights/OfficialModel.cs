namespace Cellpose3D.IO.Weights;

/// <summary>A network that the authors of Cellpose publish, and the names of its files.</summary>
/// <param name="Name">What it is called on the command line, for example <c>cyto3</c>.</param>
/// <param name="Files">File names; more than one when four networks form an ensemble, of which the first also works alone.</param>
/// <param name="SizeFile">File name of its size model; null when it has none.</param>
/// <param name="TrainedOn">What it was trained on, in a few words.</param>
public sealed record OfficialModel(string Name, IReadOnlyList<string> Files, string? SizeFile, string TrainedOn)
{
    /// <summary>What a user should know before using the official networks.</summary>
    public const string LicenceNote =
        "These networks are made and published by the authors of Cellpose (MouseLand), not by this project. Their code is BSD-3-Clause; "
        + "the authors state that the networks were trained partly on images licensed CC-BY-NC, which may forbid commercial use. "
        + "See https://github.com/MouseLand/cellpose and the licences of the data sets named there, and cite their papers.";

    /// <summary>Every official network of generations 1 to 3 that this program reads.</summary>
    public static IReadOnlyList<OfficialModel> All { get; } =
    [
        Single("cyto3", "cells of many kinds, nine data sets", "size_cyto3.npy"),
        Ensemble("nuclei", "nuclei, fluorescence and stained"),
        Ensemble("cyto2", "cells, with images users sent in"),
        Ensemble("cyto", "cells, the paper's data set"),
        Single("cyto2_cp3", "cells, cyto2's data with the training of generation 3"),
        Single("tissuenet_cp3", "tissue, TissueNet"),
        Single("livecell_cp3", "phase-contrast cell culture, LIVECell"),
        Single("yeast_PhC_cp3", "yeast, phase contrast"),
        Single("yeast_BF_cp3", "yeast, bright field"),
        Single("bact_phase_cp3", "bacteria, phase contrast"),
        Single("bact_fluor_cp3", "bacteria, fluorescence"),
        Single("deepbacs_cp3", "bacteria, DeepBacs"),
    ];

    /// <summary>The network of that name, or null.</summary>
    public static OfficialModel? Find(string name) => All.FirstOrDefault(m => m.Name == name);

    private static OfficialModel Single(string name, string trainedOn, string? sizeFile = null) => new(name, [name], sizeFile, trainedOn);

    private static OfficialModel Ensemble(string name, string trainedOn) =>
        new(name, [.. Enumerable.Range(0, 4).Select(i => $"{name}torch_{i}")], $"size_{name}torch_0.npy", trainedOn);
}
