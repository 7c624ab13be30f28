namespace Cellpose3D.Core2D.Dynamics;

/// <summary>How many masks each rule removed, in the order the rules apply.</summary>
/// <param name="Found">Masks before any rule.</param>
/// <param name="TooLarge">Removed by <see cref="DynamicsOptions.MaxSizeFraction"/>.</param>
/// <param name="FlowError">Removed by <see cref="DynamicsOptions.FlowThreshold"/>.</param>
/// <param name="LostInResize">Without a pixel left after resizing to <see cref="DynamicsOptions.OutputShape"/>.</param>
/// <param name="TooSmall">Removed by <see cref="DynamicsOptions.MinSize"/>.</param>
/// <param name="Enclosed">Wholly inside a hole of another mask, and filled with it.</param>
public sealed record FilterCounts(int Found, int TooLarge, int FlowError, int LostInResize, int TooSmall, int Enclosed)
{
    /// <summary>Masks that remain.</summary>
    public int Kept => Found - TooLarge - FlowError - LostInResize - TooSmall - Enclosed;
}
