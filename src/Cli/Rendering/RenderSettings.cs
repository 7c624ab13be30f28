using System.Collections.Immutable;
using Cellpose3D.Viewer.Scene;
using Cellpose3D.Viewer.Volumes;

namespace Cellpose3D.Cli.Rendering;

/// <summary>What the command line asked of <c>render</c>.</summary>
internal sealed record RenderSettings
{
    public string? Image { get; init; }

    public string? Labels { get; init; }

    public required string Output { get; init; }

    public required SceneFileOptions Files { get; init; }

    public string Gl { get; init; } = "auto";

    public int Width { get; init; }

    public int Height { get; init; }

    public int Supersampling { get; init; }

    /// <summary>Frames of a full turn; 0 for none.</summary>
    public int Turntable { get; init; }

    /// <summary>Whether every time point is drawn.</summary>
    public bool OverTime { get; init; }

    public int FramesPerSecond { get; init; }

    public bool IsMovie => Turntable > 0 || OverTime;

    /// <summary>Whether the three slices and 3D are put into one picture.</summary>
    public bool Orthogonal { get; init; }

    /// <summary>Time point, from 0.</summary>
    public int Time { get; init; }

    /// <summary>What is drawn; null for 3D, or the plane of an image that has one.</summary>
    public ViewKind? View { get; init; }

    /// <summary>Place of the slice along its axis, in voxels from 0; null for the middle.</summary>
    public double? SliceAt { get; init; }

    public CameraPreset Preset { get; init; }

    public UpAxis Up { get; init; }

    public double? Azimuth { get; init; }

    public double? Elevation { get; init; }

    public double Roll { get; init; }

    public double Zoom { get; init; } = 1;

    public double Perspective { get; init; }

    public IReadOnlyList<int>? Channels { get; init; }

    public IReadOnlyList<string> Luts { get; init; } = [];

    public (double Low, double High)? Contrast { get; init; }

    public (double Low, double High) Percentiles { get; init; }

    public double Gamma { get; init; } = 1;

    public ProjectionMode? Mode { get; init; }

    public double ImageOpacity { get; init; } = 1;

    public double Density { get; init; }

    public double IsoLevel { get; init; }

    public required LabelLayer Layer { get; init; }

    /// <summary>id, track, or the name of a number of each cell.</summary>
    public string ColorBy { get; init; } = "id";

    public string? Table { get; init; }

    public string? Tracks { get; init; }

    /// <summary>Time points that tails of tracks go back; 0 for none.</summary>
    public int Tail { get; init; } = 8;

    public ClipBox? Clip { get; init; }

    public required SlicePlanes Planes { get; init; }

    public required Background Background { get; init; }

    public required Lighting Lighting { get; init; }

    public required Decorations Decorations { get; init; }

    /// <summary>Commands applied to the scene at last, as JSON lines.</summary>
    public ImmutableArray<SceneCommand> Commands { get; init; } = [];
}
