namespace Cellpose3D.IO.TrackMate;

/// <summary>What the settings say about the image.</summary>
public sealed record TrackMateImage
{
    /// <summary>Name of its file.</summary>
    public string FileName { get; init; } = "";

    /// <summary>Folder of its file.</summary>
    public string Folder { get; init; } = "";

    /// <summary>Columns.</summary>
    public int Width { get; init; }

    /// <summary>Rows.</summary>
    public int Height { get; init; }

    /// <summary>Planes; 1 in two dimensions.</summary>
    public int Slices { get; init; } = 1;

    /// <summary>Time points.</summary>
    public int Frames { get; init; } = 1;

    /// <summary>Width of a pixel in the file's unit of length.</summary>
    public double PixelWidth { get; init; } = 1;

    /// <summary>Height of a pixel.</summary>
    public double PixelHeight { get; init; } = 1;

    /// <summary>Distance between planes.</summary>
    public double VoxelDepth { get; init; } = 1;

    /// <summary>Time between frames in the file's unit of time.</summary>
    public double TimeInterval { get; init; } = 1;
}
