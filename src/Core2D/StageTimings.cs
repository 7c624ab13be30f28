namespace Cellpose3D.Core2D;

/// <summary>Seconds spent in the stages of one run.</summary>
/// <param name="Normalize">Percentiles, scaling and resizing.</param>
/// <param name="Network">Tiles through the network, averaging, resizing back.</param>
/// <param name="Dynamics">Following flows, masks, quality control, clean-up.</param>
public sealed record StageTimings(double Normalize, double Network, double Dynamics);
