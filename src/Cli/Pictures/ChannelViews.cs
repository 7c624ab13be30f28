namespace Cellpose3D.Cli.Pictures;

/// <summary>The views of one channel.</summary>
/// <param name="XY">Plane at one z.</param>
/// <param name="XZ">Plane at one y; rows are z.</param>
/// <param name="YZ">Plane at one x; rows are y, columns z.</param>
/// <param name="TopXY">Brightest along z.</param>
/// <param name="TopXZ">Brightest along y.</param>
internal sealed record ChannelViews(VolumeView XY, VolumeView XZ, VolumeView YZ, VolumeView TopXY, VolumeView TopXZ);
