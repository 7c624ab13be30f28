namespace Cellpose3D.Core2D.Training;

/// <summary>The random numbers behind one crop, each of [0, 1).</summary>
/// <param name="Flip">Above one half, the image is mirrored along x first.</param>
/// <param name="Angle">Share of a full turn.</param>
/// <param name="Scale">Place within the range of scales.</param>
/// <param name="ShiftX">Place within the range of shifts along x.</param>
/// <param name="ShiftY">Place within the range of shifts along y.</param>
internal readonly record struct AugmentationDraw(double Flip, double Angle, double Scale, double ShiftX, double ShiftY)
{
    /// <summary>Draws in the reference's order.</summary>
    internal static AugmentationDraw From(ref RandomStream random) =>
        new(random.NextUnit(), random.NextUnit(), random.NextUnit(), random.NextUnit(), random.NextUnit());
}
