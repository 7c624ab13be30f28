using Cellpose3D.Viewer.Volumes;

namespace Cellpose3D.Viewer.Server;

/// <summary>One time point in memory.</summary>
/// <param name="Time">From 0.</param>
/// <param name="Labels">Its labels; null where there are none.</param>
/// <param name="Images">Its channels.</param>
public sealed record Frame(int Time, LabelVolume? Labels, IReadOnlyList<IntensityVolume> Images)
{
    /// <summary>Bytes its voxels take.</summary>
    public long Bytes => (4 * Labels?.Voxels.LongLength ?? 0) + Images.Sum(i => 2 * i.Voxels.LongLength);
}
