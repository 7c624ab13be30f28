using Cellpose3D.Core2D.Dynamics;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Blocks;

/// <summary>Pass 3: gives every voxel the label of the seed region in which its point ended.</summary>
internal static class PaintPass
{
    /// <summary>Paints every block that is not finished yet; its record is the part of each cell that lies in it.</summary>
    /// <param name="places">Each voxel's place in its block's table; borrowed.</param>
    /// <param name="endPointStep">Name of the tables' records.</param>
    /// <param name="seeds">The regions.</param>
    /// <param name="labels">Receives the labels.</param>
    /// <param name="step">Name of the records.</param>
    /// <param name="blocks">The blocks of pass 1.</param>
    /// <param name="threads">Number of threads; 0 takes all processors.</param>
    /// <param name="workspace">Holds the records.</param>
    /// <param name="progress">Receives the fraction done, in (0, 1].</param>
    /// <param name="cancellationToken">Checked before every block.</param>
    public static void Run(
        IVolumeStore<int> places, string endPointStep, SeedMap seeds, IVolumeStore<int> labels, string step, BlockGrid blocks, int threads,
        IVolumeWorkspace workspace, IProgress<float>? progress, CancellationToken cancellationToken) =>
        blocks.ForEach(workspace, step, progress, cancellationToken, box =>
        {
            EndPointTable table = EndPointTable.FromBytes(workspace.Load(blocks.Record(endPointStep, blocks.IndexOf(box.Z, box.Y, box.X))));
            int[] labelOf = [0, .. table.Voxels.Select(seeds.LabelAt)];
            int[] voxels = GC.AllocateUninitializedArray<int>(checked((int)box.Count));
            places.Read(0, box, voxels);
            ParallelWork.Ranges(voxels.Length, 1 << 16, threads, (from, to) =>
            {
                foreach (ref int voxel in voxels.AsSpan(from, to - from))
                    voxel = labelOf[voxel];
            }, cancellationToken);
            labels.Write(0, box, voxels);
            labels.Flush();
            return CellExtent.ToBytes(CellExtent.Find(voxels, box, blocks.Volume));
        });
}
