using System.Collections.Immutable;

namespace Cellpose3D.Viewer.Scene;

/// <summary>How labels are shown.</summary>
public sealed record LabelLayer
{
    /// <summary>Whether they are shown.</summary>
    public bool IsVisible { get; init; } = true;

    /// <summary>Where colours come from.</summary>
    public LabelColoring Coloring { get; init; }

    /// <summary>Another number gives other colours.</summary>
    public int Seed { get; init; }

    /// <summary>Name of the number that colours come from, for <see cref="LabelColoring.Feature"/>.</summary>
    public string? Feature { get; init; }

    /// <summary>One of <see cref="Viewer.Coloring.ColorMap.Names"/>, for <see cref="LabelColoring.Feature"/>.</summary>
    public string FeatureMap { get; init; } = "viridis";

    /// <summary>Number at the map's lower end; null: the smallest.</summary>
    public double? FeatureLow { get; init; }

    /// <summary>Number at the map's upper end; null: the largest.</summary>
    public double? FeatureHigh { get; init; }

    /// <summary>Surface in 3D. Default smooth.</summary>
    public LabelSurface Surface { get; init; }

    /// <summary>Cells shown alone; empty: all are.</summary>
    public ImmutableSortedSet<uint> Isolated { get; init; } = [];

    /// <summary>Cells not shown at all.</summary>
    public ImmutableSortedSet<uint> Hidden { get; init; } = [];

    /// <summary>Cells that stand out.</summary>
    public ImmutableSortedSet<uint> Selected { get; init; } = [];

    /// <summary>Opacity of the cells that are not isolated, as glass; 0 hides them. Default 0.</summary>
    public double Ghost { get; init; }

    /// <summary>Opacity of the labels on slices, 0 to 1.</summary>
    public double SliceOpacity { get; init; } = 0.35;

    /// <summary>Width of outlines on slices in pixels; 0 for none.</summary>
    public double OutlineWidth { get; init; } = 1.5;

    /// <summary>Width of the dark lines between cells in 3D, in pixels; 0 for none.</summary>
    public double EdgeWidth { get; init; } = 1;

    /// <summary>Whether a cell is shown in its own colour, rather than as a ghost or not at all.</summary>
    /// <param name="id">The cell.</param>
    public bool Shows(uint id) => id != 0 && !Hidden.Contains(id) && (Isolated.IsEmpty || Isolated.Contains(id));

    /// <summary>Refuses what cannot be shown.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public void Validate()
    {
        if (!(Ghost is >= 0 and <= 1) || !(SliceOpacity is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(Ghost), $"opacities of labels must be 0 to 1; got {Ghost} for ghosts and {SliceOpacity} on slices.");
        if (!(OutlineWidth is >= 0 and <= 20) || !(EdgeWidth is >= 0 and <= 20))
            throw new ArgumentOutOfRangeException(nameof(OutlineWidth), $"widths of lines must be 0 to 20 pixels; got {OutlineWidth} and {EdgeWidth}.");
        if (FeatureLow >= FeatureHigh)
            throw new ArgumentOutOfRangeException(nameof(FeatureHigh), $"a feature's range must rise; got {FeatureLow} to {FeatureHigh}.");
    }
}
