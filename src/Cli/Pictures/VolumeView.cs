namespace Cellpose3D.Cli.Pictures;

/// <summary>One plane through a volume, or one projection of it.</summary>
/// <param name="Rows">Rows.</param>
/// <param name="Columns">Columns.</param>
internal sealed record VolumeView(int Rows, int Columns)
{
    /// <summary>float32 [rows, columns].</summary>
    public float[] Intensity { get; } = new float[Rows * Columns];

    /// <summary>int32 [rows, columns].</summary>
    public int[] Labels { get; } = new int[Rows * Columns];
}
