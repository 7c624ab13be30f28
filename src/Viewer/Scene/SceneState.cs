using System.Collections.Immutable;
using Cellpose3D.Tracking.Detections;

namespace Cellpose3D.Viewer.Scene;

/// <summary>All that decides what a picture of given data looks like; changed by commands only, never in place.</summary>
public sealed record SceneState
{
    /// <summary>The volume's voxels and micrometres.</summary>
    public required VolumeGrid Grid { get; init; }

    /// <summary>Time points; 1 for a still volume.</summary>
    public int Frames { get; init; } = 1;

    /// <summary>The time point shown, from 0.</summary>
    public int Time { get; init; }

    /// <summary>The place that all views share, in voxels.</summary>
    public PointUm Cursor { get; init; }

    /// <summary>What the picture shows.</summary>
    public ViewKind View { get; init; }

    /// <summary>The camera of the 3D view.</summary>
    public Camera Camera { get; init; } = new();

    /// <summary>Pixels per micrometre on slices; 0, the default, fits the slice into the picture.</summary>
    public double SliceZoom { get; init; }

    /// <summary>Whether slices keep the volume's middle in the picture's, rather than the cursor, where <see cref="SliceZoom"/> is set.</summary>
    public bool SliceCentre { get; init; }

    /// <summary>The image's channels.</summary>
    public ImmutableArray<ImageLayer> Images { get; init; } = [];

    /// <summary>The labels; null where there are none.</summary>
    public LabelLayer? Labels { get; init; }

    /// <summary>The part shown in 3D; null: all.</summary>
    public ClipBox? Clip { get; init; }

    /// <summary>Planes that cut the 3D view, at most <see cref="MostClipPlanes"/>.</summary>
    public ImmutableArray<ClipPlane> ClipPlanes { get; init; } = [];

    /// <summary>Planes of the image shown in 3D.</summary>
    public SlicePlanes Slices { get; init; } = SlicePlanes.None;

    /// <summary>Time points that a track's tail goes back; 0 for no tails.</summary>
    public int TailLength { get; init; }

    /// <summary>How surfaces are lit.</summary>
    public Lighting Lighting { get; init; } = new();

    /// <summary>What is behind everything.</summary>
    public Background Background { get; init; } = Background.Studio;

    /// <summary>What is drawn over the picture.</summary>
    public Decorations Decorations { get; init; } = new();

    /// <summary>The number of clip planes that can be set.</summary>
    public const int MostClipPlanes = 6;
}
