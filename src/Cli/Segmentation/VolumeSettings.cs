using Cellpose3D.Volume;

namespace Cellpose3D.Cli.Segmentation;

/// <summary>What the command line asked of volumes.</summary>
internal sealed record VolumeSettings
{
    /// <summary>What steers the segmentation itself; the fusion is chosen for each volume.</summary>
    public required VolumeOptions Options { get; init; }

    /// <summary>How views are fused: sum, probability, resolution or length.</summary>
    public required string Fusion { get; init; }

    /// <summary>Name or path of the model for planes across the optical axis; null for the same.</summary>
    public string? OrthoModel { get; init; }

    /// <summary>Keep finished parts in files and go on with those of an interrupted run.</summary>
    public bool Resume { get; init; }

    /// <summary>Extension of the labels' file.</summary>
    public required string MaskFormat { get; init; }

    /// <summary>Only say what would be done.</summary>
    public bool PlanOnly { get; init; }
}
