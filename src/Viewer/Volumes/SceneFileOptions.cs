using Cellpose3D.Core2D;

namespace Cellpose3D.Viewer.Volumes;

/// <summary>How image and labels are opened for viewing.</summary>
public sealed record SceneFileOptions
{
    /// <summary>Letters that replace the image's axes; null, the default, keeps them.</summary>
    public string? ImageAxes { get; init; }

    /// <summary>Letters that replace the labels' axes; null, the default, keeps them.</summary>
    public string? LabelAxes { get; init; }

    /// <summary>Size of a voxel; null, the default: from the files.</summary>
    public VoxelSize? VoxelUm { get; init; }

    /// <summary>Bytes that volumes may take, host and device together. Default 4 GiB.</summary>
    public long MaxMemoryBytes { get; init; } = 4L << 30;

    /// <summary>The longest side of a texture. Default that of llvmpipe.</summary>
    public int LongestSide { get; init; } = 2048;
}
